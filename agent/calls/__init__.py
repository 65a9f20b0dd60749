"""The app's side of calls: begun, watched over, listened to, ended."""
