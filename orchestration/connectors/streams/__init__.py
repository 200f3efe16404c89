"""The canonical streams: every source is mapped onto these, and only these.

A new stream is one `Stream` in its group's file, one staging model, and its mapping in a source's configuration.
"""

from __future__ import annotations

from orchestration.connectors.streams.campaigns import CAMPAIGN_STREAMS
from orchestration.connectors.streams.labels import LABEL_STREAMS
from orchestration.connectors.streams.people import PEOPLE_STREAMS
from orchestration.connectors.streams.sales import SALES_STREAMS
from orchestration.connectors.streams.schema import Column, Reference, Stream
from orchestration.connectors.streams.social import SOCIAL_STREAMS

STREAMS: dict[str, Stream] = {
    stream.name: stream
    for stream in (*SALES_STREAMS, *PEOPLE_STREAMS, *SOCIAL_STREAMS, *LABEL_STREAMS, *CAMPAIGN_STREAMS)
}

__all__ = ["STREAMS", "Column", "Reference", "Stream"]
