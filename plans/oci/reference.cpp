#include "plans/oci/reference.h"

#include "plans/base/format.h"
#include "plans/base/text.h"

#include <algorithm>
#include <utility>

namespace mabplan {

namespace {

constexpr std::string_view kHub = "docker.io";
constexpr std::string_view kHubOldName = "index.docker.io";
constexpr std::string_view kHubLibrary = "library/";
constexpr std::size_t kMaxNameBytes = 255;
constexpr std::size_t kMaxTagBytes = 128;

bool is_lower_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_word(char c) { return is_lower_or_digit(c) || is_upper(c) || c == '_'; }

Failure refuse(std::string_view text, std::string_view why, std::string hint = {}) {
    return fail(ErrorKind::Input, format("{} is not an image reference: {}", quoted(text), why), std::move(hint));
}

// Runs of lower-case letters and digits, between them ".", "_", "__" or any number of "-".
bool is_path_part(std::string_view part) {
    if (part.empty() || !is_lower_or_digit(part.front()) || !is_lower_or_digit(part.back())) return false;
    for (std::size_t i = 0; i < part.size(); ++i) {
        if (is_lower_or_digit(part[i])) continue;
        const std::size_t end = std::min(part.find_first_not_of(part[i], i), part.size());
        const std::size_t length = end - i;
        const bool good = part[i] == '-' || (part[i] == '.' && length == 1) || (part[i] == '_' && length <= 2);
        if (!good || !is_lower_or_digit(part[end])) return false;
        i = end;
    }
    return true;
}

bool is_host_label(std::string_view label) {
    return !label.empty() && label.front() != '-' && label.back() != '-' &&
           std::all_of(label.begin(), label.end(), [](char c) { return (is_word(c) && c != '_') || c == '-'; });
}

bool is_ipv6(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') || c == ':';
    });
}

bool is_domain(std::string_view domain) {
    std::string_view host = domain;
    const std::size_t bracket = host.starts_with('[') ? host.find(']') : std::string_view::npos;
    const std::size_t colon = host.find(':', bracket == std::string_view::npos ? 0 : bracket);
    if (colon != std::string_view::npos) {
        const std::optional<std::uint64_t> port = parse_unsigned(host.substr(colon + 1));
        if (!port || *port > 65535) return false;
        host = host.substr(0, colon);
    }
    if (host.starts_with('[')) return host.ends_with(']') && is_ipv6(host.substr(1, host.size() - 2));
    const std::vector<std::string_view> labels = split(host, '.');
    return std::all_of(labels.begin(), labels.end(), is_host_label);
}

// The first part names a host only if it cannot be part of a repository on Docker Hub (distribution/reference, normalize).
bool names_a_host(std::string_view first) {
    return first == "localhost" || first.find_first_of(".:") != std::string_view::npos || std::any_of(first.begin(), first.end(), is_upper);
}

bool is_tag(std::string_view tag) {
    return !tag.empty() && tag.size() <= kMaxTagBytes && is_word(tag.front()) &&
           std::all_of(tag.begin(), tag.end(), [](char c) { return is_word(c) || c == '.' || c == '-'; });
}

struct Pieces {
    std::string_view name;
    std::string_view tag;
    std::string_view digest;
};

Pieces cut(std::string_view text) {
    Pieces pieces;
    pieces.name = text;
    if (const std::size_t at = text.find('@'); at != std::string_view::npos) {
        pieces.digest = text.substr(at + 1);
        pieces.name = text.substr(0, at);
    }
    const std::size_t slash = pieces.name.rfind('/');
    const std::size_t colon = pieces.name.find(':', slash == std::string_view::npos ? 0 : slash);
    if (colon != std::string_view::npos) {
        pieces.tag = pieces.name.substr(colon + 1);
        pieces.name = pieces.name.substr(0, colon);
    }
    return pieces;
}

Status read_name(std::string_view name, std::string_view text, Reference& reference) {
    const std::size_t slash = name.find('/');
    std::string_view domain = kHub;
    if (slash != std::string_view::npos && names_a_host(name.substr(0, slash))) {
        domain = name.substr(0, slash);
        name.remove_prefix(slash + 1);
        if (!is_domain(domain)) return refuse(text, format("{} is not a host name", quoted(domain)));
    }
    if (domain == kHubOldName) domain = kHub;
    for (const std::string_view part : split(name, '/')) {
        if (std::any_of(part.begin(), part.end(), is_upper)) {
            const auto at = static_cast<std::size_t>(name.data() - text.data());
            std::string lower = format("{}{}{}", text.substr(0, at), to_lower(name), text.substr(at + name.size()));
            return refuse(text, "the name of a repository has no upper-case letters",
                          is_path_part(to_lower(part)) ? "write " + std::move(lower) : std::string());
        }
        if (!is_path_part(part))
            return refuse(text, part.empty() ? "a part of the name is empty" : format("{} cannot be part of a name", quoted(part)));
    }
    const bool on_hub_alone = domain == kHub && name.find('/') == std::string_view::npos;
    reference.domain = std::string(domain);
    reference.repository = on_hub_alone ? format("{}{}", kHubLibrary, name) : std::string(name);
    if (reference.domain.size() + 1 + reference.repository.size() > kMaxNameBytes)
        return refuse(text, format("the name is longer than {} characters", kMaxNameBytes));
    return {};
}

std::string with_tag_and_digest(std::string name, const Reference& reference) {
    if (!reference.tag.empty()) name += ":" + reference.tag;
    if (reference.digest) name += "@" + reference.digest->text();
    return name;
}

}  // namespace

Result<Reference> parse_reference(std::string_view text) {
    if (text.empty()) return refuse(text, "it is empty");
    const Pieces pieces = cut(text);
    if (pieces.name.empty()) return refuse(text, "there is no name");
    Reference reference;
    MABPLAN_CHECK(read_name(pieces.name, text, reference));
    const bool has_tag = pieces.tag.data() != nullptr;
    const bool has_digest = pieces.digest.data() != nullptr;
    if (has_tag && !is_tag(pieces.tag))
        return refuse(text, format("{} is not a tag", quoted(pieces.tag)),
                      "a tag has at most 128 letters, digits, \"_\", \".\" and \"-\", and starts with none of the last two");
    if (has_digest) {
        Result<Digest> digest = Digest::parse(pieces.digest);
        if (!digest) return refuse(text, digest.error().message, digest.error().hint);
        reference.digest = std::move(*digest);
    }
    reference.tag = has_tag || has_digest ? std::string(pieces.tag) : "latest";
    const bool all_hex = pieces.name.size() == 64 && pieces.name.find_first_not_of("0123456789abcdef") == std::string_view::npos;
    if (all_hex)
        return refuse(text, "64 hex digits alone are the id of an image, not its name", format("write NAME@sha256:{}", pieces.name));
    return reference;
}

Result<Reference> parse_image_name(std::string_view text) {
    MABPLAN_TRY(reference, parse_reference(text));
    if (reference.digest) return input_error(format("{}: a name that is given has no digest: that comes of the bytes", quoted(text)));
    if (reads_as_digest(reference)) return input_error(format("{}: a name must not read as a digest", quoted(text)));
    return reference;
}

bool reads_as_digest(const Reference& reference) { return reference.domain == kHub && reference.repository == "library/sha256"; }

std::string format_reference(const Reference& reference) {
    return with_tag_and_digest(format("{}/{}", reference.domain, reference.repository), reference);
}

std::string familiar_reference(const Reference& reference) {
    if (reference.domain != kHub) return format_reference(reference);
    std::string_view name = reference.repository;
    const bool in_library = name.starts_with(kHubLibrary) && name.find('/', kHubLibrary.size()) == std::string_view::npos;
    if (in_library) name.remove_prefix(kHubLibrary.size());
    return with_tag_and_digest(std::string(name), reference);
}

}  // namespace mabplan
