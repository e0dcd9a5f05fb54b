#include "compiler/sources/git_reference.h"

#include "compiler/sources/git_settings.h"
#include "compiler/sources/url.h"
#include "plans/base/format.h"
#include "plans/base/text.h"

#include <algorithm>
#include <array>

namespace mabplan::compiler {

namespace {

// A git address before its query and fragment are understood.
struct Address {
    std::string remote;
    std::string query;
    std::string fragment;
    bool could_be_local_path = false;
    bool unencrypted_tcp = false;
};

bool is_word(std::string_view text, std::string_view others) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || others.find(c) != std::string_view::npos;
    });
}

std::optional<Address> read_url(std::string_view text, std::string_view scheme) {
    constexpr std::array<std::string_view, 5> kSchemes{"https", "http", "git", "ssh", "file"};
    if (std::find(kSchemes.begin(), kSchemes.end(), scheme) == kSchemes.end()) return std::nullopt;
    const auto url = Url::parse(text);
    if (!url) return std::nullopt;
    // any page of the web is an http URL: only this ending says that it is a repository
    if (scheme == "file" && (!url->host.empty() || url->path.size() < 2)) return std::nullopt;
    if (scheme.starts_with("http") && !url->path.ends_with(".git")) return std::nullopt;
    return Address{url->address(), url->query, url->fragment, false, scheme == "http" || scheme == "git"};
}

std::optional<Address> read_bare_github(std::string_view text) {
    const auto url = Url::parse(text);
    if (!url) return std::nullopt;
    return Address{url->address(), url->query, url->fragment, true, false};
}

// user@host:path, as scp writes it.
std::optional<Address> read_scp(std::string_view text) {
    const std::size_t colon = text.find(':');
    if (colon == std::string_view::npos || text.find('\n') != std::string_view::npos) return std::nullopt;
    const std::string_view before = text.substr(0, colon);
    const std::size_t at = before.find('@');
    if (at == std::string_view::npos || !is_word(before.substr(0, at), "-_") || !is_word(before.substr(at + 1), "-.")) return std::nullopt;
    const std::size_t sharp = std::min(text.find('#'), text.size());
    const std::size_t mark = std::min(text.find('?'), sharp);
    Address address;
    address.remote = text.substr(0, mark);
    if (mark < sharp) address.query = text.substr(mark + 1, sharp - mark - 1);
    if (sharp < text.size()) address.fragment = text.substr(sharp + 1);
    return address;
}

std::optional<Address> read_address(std::string_view text) {
    if (text.starts_with("./") || text.starts_with("../")) return std::nullopt;
    if (text.starts_with("github.com/")) return read_bare_github(text);
    const std::size_t scheme = text.find("://");
    if (scheme != std::string_view::npos && is_word(text.substr(0, scheme), "")) return read_url(text, to_lower(text.substr(0, scheme)));
    return read_scp(text);
}

// A path below "/", without the slash.
std::string below_root(std::string_view path) { return clean_path(format("/{}", path)).substr(1); }

std::string short_name_of(std::string_view remote) {
    const std::size_t slash = remote.rfind('/');
    std::string_view name = remote.substr((slash == std::string_view::npos ? remote.rfind(':') : slash) + 1);  // npos + 1 is 0
    if (name.ends_with(".git")) name.remove_suffix(4);
    return std::string(name);
}

}  // namespace

Result<std::optional<GitReference>> parse_git_reference(std::string_view text) {
    const auto address = read_address(text);
    if (!address) return std::nullopt;
    GitReference reference;
    reference.remote = address->remote;
    reference.short_name = short_name_of(address->remote);
    reference.could_be_local_path = address->could_be_local_path;
    reference.unencrypted_tcp = address->unencrypted_tcp;
    const std::size_t colon = std::min(address->fragment.find(':'), address->fragment.size());
    reference.ref = address->fragment.substr(0, colon);
    if (colon < address->fragment.size()) reference.subdir = below_root(address->fragment.substr(colon + 1));
    auto settings = read_git_settings(address->query, reference);
    if (!settings) return pass(std::move(settings).error(), "reading a git address");  // which may hold a password, so it is not shown
    return reference;
}

std::string format_git_fragment(const GitReference& reference, SubdirForm form) {
    const std::string subdir = form == SubdirForm::Shown ? below_root(reference.subdir) : std::string{};
    if (reference.ref.empty() && subdir.empty()) return reference.remote;
    return reference.remote + "#" + reference.ref + (subdir.empty() ? "" : ":" + subdir);
}

}  // namespace mabplan::compiler
