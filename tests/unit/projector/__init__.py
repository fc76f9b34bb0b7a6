"""The projector without servers: folding, holes, poison, and the worker against a broker and database in memory."""
