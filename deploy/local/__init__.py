"""A real Kafka and a real MongoDB on this machine, without containers: started, watched and ended here."""
