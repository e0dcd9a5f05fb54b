// An image reference: registry host, repository, tag, digest (distribution/reference grammar, docker.io defaults).
#pragma once

#include "plans/base/digest.h"
#include "plans/base/result.h"

#include <optional>
#include <string>
#include <string_view>

namespace mabplan {

struct Reference {
    std::string domain;      // "docker.io", "localhost:5002"
    std::string repository;  // "library/python"
    std::string tag;         // "latest" where neither tag nor digest was given; else "" if only a digest was
    std::optional<Digest> digest;

    bool operator==(const Reference&) const = default;
};

// "python:3.11" -> docker.io/library/python:3.11. Upper case in the repository, bad tags and bad digests are input errors.
Result<Reference> parse_reference(std::string_view text);
// A name that is given to an image. Refused, too: one with a digest, which is not given, and one that reads as a digest ("sha256:…").
Result<Reference> parse_image_name(std::string_view text);
// "sha256:…", however it is spelled: people would take it for what has that digest.
bool reads_as_digest(const Reference& reference);
// The full form, with domain: "docker.io/library/python:3.11@sha256:…".
std::string format_reference(const Reference& reference);
// As people write it: without "docker.io/" and "library/".
std::string familiar_reference(const Reference& reference);

}  // namespace mabplan
