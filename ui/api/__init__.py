"""What is no page: tokens, health and exports of calls, and where workers sign on."""
