"""What must hold when machines, disks, networks and clocks fail."""
