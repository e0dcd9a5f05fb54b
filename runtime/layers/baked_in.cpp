#include "runtime/layers/baked_in.h"

#include "plans/base/text.h"

#include <algorithm>
#include <array>
#include <string>

namespace mabplan::runtime {

namespace {

constexpr std::size_t kMostBytes = 64U << 10U;  // larger files are no keys and no settings

bool ends_with_path(std::string_view path, std::string_view tail) {
    return path.ends_with(tail) && (path.size() == tail.size() || path[path.size() - tail.size() - 1] == '/');
}

// systemd writes "uninitialized" for a system that is to find its id at its first start: nothing to share.
bool is_machine_id(std::string_view path, std::string_view bytes) {
    if (path != "etc/machine-id" && path != "var/lib/dbus/machine-id") return false;
    const std::string_view id = trim(bytes);
    return id.size() == 32 && std::all_of(id.begin(), id.end(), [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

bool is_host_key(std::string_view path) { return path.starts_with("etc/ssh/ssh_host_") && path.ends_with("_key"); }

// Packages bring keys for their tests and examples, which protect nothing: they lie in /usr, and in folders with such names.
bool may_hold_examples(std::string_view path) {
    if (path.starts_with("usr/") && !path.starts_with("usr/src/") && !path.starts_with("usr/local/etc/")) return true;
    constexpr auto kFolders = std::to_array<std::string_view>({"node_modules", "site-packages", "dist-packages", "gems", "vendor", "mod",
                                                               "registry", "test", "tests", "testing", "testdata", "fixtures", "spec",
                                                               "example", "examples", "samples", "doc", "docs"});
    const std::vector<std::string_view> parts = split(path, '/');
    return std::any_of(parts.begin(), std::prev(parts.end()),
                       [&](std::string_view part) { return std::find(kFolders.begin(), kFolders.end(), part) != kFolders.end(); });
}

bool is_encoded(std::string_view line) {
    constexpr std::size_t kShortest = 16;
    line = trim(line);
    if (line.starts_with("Proc-Type:") || line.starts_with("Version:") || line.empty())
        return true;  // headers of PEM and of OpenPGP's armour
    return line.size() >= kShortest && std::all_of(line.begin(), line.end(), [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' || c == '/' || c == '=';
           });
}

// PEM (RFC 7468) and OpenPGP (RFC 9580, section 6.2) at the start of a line, with a body: text that only speaks of keys has none. Keys
// under a passphrase are not meant.
bool holds_private_key(std::string_view bytes) {
    constexpr std::string_view kBegin = "-----BEGIN ";
    for (std::size_t at = bytes.find(kBegin); at != std::string_view::npos; at = bytes.find(kBegin, at + 1)) {
        if (at != 0 && bytes[at - 1] != '\n') continue;
        const std::string_view rest = bytes.substr(at + kBegin.size());
        const std::string_view label = trim(rest.substr(0, rest.find('\n')));
        if (label.find("PRIVATE KEY") == std::string_view::npos || label.starts_with("ENCRYPTED") || !label.ends_with("-----")) continue;
        const std::string_view body = rest.size() > rest.find('\n') ? rest.substr(rest.find('\n') + 1) : std::string_view();
        if (!body.empty() && is_encoded(body.substr(0, body.find('\n')))) return true;
    }
    return false;
}

// "https://user:password@host", or "https://token@host": a password or token that is not a variable's name. A name is shorter than a token.
bool holds_address_with_password(std::string_view bytes) {
    constexpr std::string_view kStart = "://";
    constexpr std::size_t kShortestToken = 20;
    for (std::size_t at = bytes.find(kStart); at != std::string_view::npos; at = bytes.find(kStart, at + 1)) {
        const std::string_view rest = bytes.substr(at + kStart.size());
        const std::string_view user = rest.substr(0, rest.find_first_of("@/ \t\r\n\"'"));
        const std::size_t colon = user.find(':');
        const bool is_user = user.size() < rest.size() && rest[user.size()] == '@';
        if (is_user && colon != std::string_view::npos && colon + 1 < user.size() && user[colon + 1] != '$') return true;
        if (is_user && colon == std::string_view::npos && user.size() >= kShortestToken && user[0] != '$') return true;
    }
    return false;
}

// The word, then "=" or ":" (perhaps with quotes and blanks), then a value that is not a variable's name.
bool gives_value(std::string_view bytes, std::string_view word) {
    for (std::size_t at = bytes.find(word); at != std::string_view::npos; at = bytes.find(word, at + 1)) {
        std::string_view rest = bytes.substr(at + word.size());
        rest = rest.substr(0, rest.find('\n'));
        const std::size_t sign = rest.find_first_not_of("\" \t");
        if (sign == std::string_view::npos || (rest[sign] != '=' && rest[sign] != ':')) continue;
        const std::size_t value = rest.find_first_not_of("\"' \t\r", sign + 1);
        if (value != std::string_view::npos && rest[value] != '$') return true;
    }
    return false;
}

struct CredentialFile {
    std::string_view tail;  // the end of the path: whole names
    std::string_view word;  // that a value follows; empty: any address with a password
};

constexpr auto kCredentialFiles = std::to_array<CredentialFile>({
    {".npmrc", "_authToken"},
    {".npmrc", "_auth"},
    {".npmrc", "_password"},
    {"etc/npmrc", "_authToken"},
    {"etc/npmrc", "_auth"},
    {"etc/npmrc", "_password"},
    {".yarnrc.yml", "npmAuthToken"},
    {"pip.conf", ""},
    {".pypirc", "password"},
    {".git-credentials", ""},
    {".git/config", ""},
    {".gitconfig", ""},
    {"etc/gitconfig", ""},
    {".git/config", "extraheader = AUTHORIZATION"},
    {".gitconfig", "extraheader = AUTHORIZATION"},
    {".docker/config.json", "\"auth\""},
    {".aws/credentials", "aws_secret_access_key"},
    {".cargo/credentials.toml", "token"},
    {".cargo/credentials", "token"},
});

bool is_netrc_with_password(std::string_view path, std::string_view bytes) {
    return (ends_with_path(path, ".netrc") || ends_with_path(path, "_netrc")) && bytes.find("password ") != std::string_view::npos;
}

bool holds_credentials(std::string_view path, std::string_view bytes) {
    if (is_netrc_with_password(path, bytes)) return true;
    return std::any_of(kCredentialFiles.begin(), kCredentialFiles.end(), [&](const CredentialFile& file) {
        return ends_with_path(path, file.tail) && (file.word.empty() ? holds_address_with_password(bytes) : gives_value(bytes, file.word));
    });
}

std::string_view kind_of(std::string_view path, std::string_view bytes) {
    if (is_host_key(path)) return baked::kHostKey;
    if (is_machine_id(path, bytes)) return baked::kMachineId;
    if (may_hold_examples(path)) return {};
    if (holds_credentials(path, bytes)) return baked::kCredentials;
    return holds_private_key(bytes) ? baked::kPrivateKey : std::string_view();
}

}  // namespace

void BakedInFiles::see(std::string_view path, std::string_view first_bytes) {
    if (first_bytes.size() > kMostBytes) return;
    const std::string_view kind = kind_of(path, first_bytes);
    if (!kind.empty()) found_.push_back({std::string(kind), "/" + std::string(path)});
}

}  // namespace mabplan::runtime
