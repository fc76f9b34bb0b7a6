"""What more than one service needs: contracts, the pure kernel, the engine and the web base."""
