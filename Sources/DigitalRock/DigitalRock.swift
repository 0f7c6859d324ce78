// Rooms are being furnished.
