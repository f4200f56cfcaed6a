"""How people talk with it. Imports experts and kernel; nothing imports it."""
