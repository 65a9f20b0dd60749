"""How a session takes part in the room of a call."""

from livekit.agents.voice import room_io


def room_options(trainee: str) -> room_io.RoomOptions:
    """The session hears the participant ``trainee`` and nobody else, and outlives its absence."""
    return room_io.RoomOptions(
        participant_identity=trainee,
        text_input=False,
        video_input=False,
        audio_input=room_io.AudioInputOptions(sample_rate=16000, frame_size_ms=20),
        audio_output=room_io.AudioOutputOptions(sample_rate=24000, track_name="persona"),
        text_output=False,
        close_on_disconnect=False,
    )
