"""What the tests share: simulated devices, a home, disks that fail."""
