"""One call, as its job runs it: from joining the room to leaving it."""
