"""The picture store of the settings."""

from __future__ import annotations

from pathlib import Path

from bot.egress import Egress
from bot.providers.buckets import BucketPlace
from bot.providers.picture_port import PicturePort
from bot.providers.pictures import PictureStore


def picture_store(bucket: BucketPlace | None, data_dir: Path, egress: Egress) -> PicturePort:
    """The folder store, or the bucket if one is named."""
    if bucket is None:
        return PictureStore(data_dir)
    from bot.providers.bucket_pictures import BucketPictures  # imported here so that only those who use it pay for it

    return BucketPictures(bucket, data_dir, egress)
