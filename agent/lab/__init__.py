"""The lab: plays personas against scripts, and says where they left what is expected of them."""
