"""The picture store of the settings."""

from __future__ import annotations

from pathlib import Path

from bot.egress import Egress
from bot.pixels.provenance import load
from bot.ports import SystemPorts
from bot.providers.buckets import BucketPlace
from bot.providers.picture_port import PicturePort
from bot.providers.pictures import PictureStore


def picture_store(bucket: BucketPlace | None, data_dir: Path, egress: Egress, certificate: Path | None = None) -> PicturePort:
    """The folder store, or the bucket if one is named. What it makes of pictures is signed with the certificate; raises CannotSign."""
    signer = None if certificate is None else load(certificate, SystemPorts().now())
    if bucket is None:
        return PictureStore(data_dir, signer=signer)
    from bot.providers.bucket_pictures import STAGING, BucketPictures  # imported here so that only those who use it pay for it

    return BucketPictures(bucket, data_dir, egress, PictureStore(data_dir / STAGING, signer=signer))
