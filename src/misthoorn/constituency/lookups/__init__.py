"""Looking up whom to tell in public places: security.txt, RDAP, the SOA record, and the files of RIPE."""
