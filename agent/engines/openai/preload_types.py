"""OpenAI's types of messages, made ready: the library leaves that to their first use, in a call."""

from openai.types import realtime

for _type in (
    realtime.ConversationItemCreateEvent,
    realtime.InputAudioBufferAppendEvent,
    realtime.RealtimeAudioConfig,
    realtime.RealtimeConversationItemAssistantMessage,
    realtime.RealtimeConversationItemUserMessage,
    realtime.RealtimeResponseCreateParams,
    realtime.RealtimeSessionCreateRequest,
    realtime.ResponseCreateEvent,
    realtime.SessionUpdateEvent,
):
    _type.model_rebuild()
