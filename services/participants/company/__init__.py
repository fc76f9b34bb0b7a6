"""Companies (företag): who they are, how large, where, registered once each (P1)."""
