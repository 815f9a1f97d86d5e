"""What the README in an evidence bundle says: how to check it by hand, with tools that are on every machine."""

from __future__ import annotations

GUIDE = """How to check this bundle
========================

This bundle is about one published edition of one text. It lets you check, without trusting
who made it, that the text is the one that was sealed, that it was agreed as the record says,
and that the record was not changed since.

With Penholder:   penholder verify evidence.zip
It needs no network, no account and no database. By hand, in five steps:


1. The files are those that the manifest lists

   sha256sum README.txt record.ndjson checkpoints.json text/manifest.json
   must print what manifest.json says under "files". So must every other file.


2. The text is the one that was sealed

   sha256sum text/manifest.json                prints the seal
   sha256sum text/sections/001.md              prints the sha256 of the first section, and so on

   outputs/text.md is the sections one after the other, a blank line between them.
   The page on the site prints the same seal.


3. The record was not changed

   record.ndjson has one line for each entry of the record, from number "first" to number "last"
   of manifest.json. Many lines are only {"digest": ...}: entries about something else, which you
   are not shown. To follow the chain, start with "previous" of manifest.json (64 zeros when
   "first" is 1) and for each line compute, in UTF-8 and written as 64 hexadecimal digits,

      digest = SHA-256 of the JSON after "entry": exactly as it stands, or the digest given
      hash   = SHA-256 of the hash before, one space, and the digest

   Where a line gives a "hash", yours must be the same. An entry holds no name and no reason: in
   their place stands SHA-256 of a key, one space, and the text. Where a reason is public, its key
   and its text stand beside the entry under "shown".


4. The record was signed

   checkpoints.json has the hash at the end of the stretch, and at the entry before it begins,
   each signed with Ed25519 over three lines, each ending in a line feed:

      penholder record checkpoint
      <number> <hash>
      <at>

   "key" is the public key. This bundle cannot prove whose key it is: compare it with the one on
   the site's page "How this was agreed", or with one that you noted earlier. Key and signature
   are hexadecimal; OpenSSL and every library of cryptography check Ed25519.


5. The text was agreed as the record says

   Among the entries that are shown:
   round.opened     who was asked ("asked"), under which rule, and whether silence is consent
   answer.given     what a post answered. "subject" is the seal of the text it answered for, and
                    "sections" are the sections it answered for with the sha256 of each;
                    none are named where it answered for the whole text.
                    "how" says given, deemed (by silence), carried or restored (a signature on the
                    earlier text "from_seal", whose own entry is shown too)
   answer.withdrawn a post took its agreement back
   round.cleared    the text was cleared: by now enough posts agree, and none objects
   edition.published  "steps" are the rounds that had to be cleared on this very seal before

   Remarks are not shown. Whether each condition was settled before the clearance can be checked
   only where the record is kept.
"""
