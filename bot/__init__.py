"""How people talk with it: surfaces, the conversation, the orchestrator. Imports experts and kernel; nothing imports it."""
