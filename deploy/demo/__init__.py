"""The demo: the programme's year played over HTTP on real parts, with every total kept and compared."""
