#include "compiler/matrix/root_reader.h"

#include "compiler/matrix/units.h"
#include "plans/base/format.h"
#include "plans/base/layer_time_range.h"
#include "plans/base/text.h"

#include <array>

namespace mabplan::compiler {

namespace {

const std::array<std::string, 2> kSecretKeys{"file", "environment"};
const std::array<std::string, 5> kRegistryKeys{"mirrors", "http", "insecure", "ca", "keypair"};
const std::array<std::string, 2> kKeyPairKeys{"key", "cert"};
const std::array<std::string, 1> kCacheKeys{"max_size"};
const std::array<std::string, 4> kReproducibleKeys{"source_date_epoch", "noise", "lock", "compression"};

RegistryOptions::KeyPair read_key_pair(const YamlNode& item, NodeReader& reader) {
    const YamlEntry* key = item.find("key");
    const YamlEntry* cert = item.find("cert");
    if (key == nullptr || cert == nullptr) {
        reader.mistakes().add(item.place, "an item of \"keypair\" needs \"key\" and \"cert\"");
        return {};
    }
    reader.check_keys(item, kKeyPairKeys, "a keypair");
    return {reader.text(*key).value_or(""), reader.text(*cert).value_or("")};
}

RegistryOptions read_registry(const YamlEntry& entry, NodeReader& reader) {
    RegistryOptions out;
    out.host = entry.key;
    out.place = entry.key_place;
    if (entry.key.find('/') != std::string::npos || entry.key.empty())
        reader.mistakes().add(entry.key_place, format("{} is no registry", quoted(entry.key)),
                              "write its host, with a port if it has one: registry.lan:5000");
    if (!reader.is_map(entry)) return out;
    reader.check_keys(entry.value, kRegistryKeys, "a registry");
    if (const YamlEntry* mirrors = entry.value.find("mirrors")) out.mirrors = reader.texts(*mirrors);
    if (const YamlEntry* http = entry.value.find("http")) out.http = reader.flag(*http).value_or(false);
    if (const YamlEntry* insecure = entry.value.find("insecure")) out.insecure = reader.flag(*insecure).value_or(false);
    if (const YamlEntry* ca = entry.value.find("ca")) out.ca = reader.texts(*ca);
    if (const YamlEntry* pairs = entry.value.find("keypair"); pairs != nullptr && reader.is_list(*pairs))
        for (const YamlNode& item : pairs->value.items) out.key_pairs.push_back(read_key_pair(item, reader));
    return out;
}

std::optional<bool> parse_switch(std::string_view text) {
    if (text == "on" || text == "true") return true;
    if (text == "off" || text == "false") return false;
    return std::nullopt;
}

std::optional<Compression> parse_codec(std::string_view text) {
    auto codec = parse_compression(text);
    return codec ? std::optional(*codec) : std::nullopt;
}

}  // namespace

std::vector<SecretSource> read_secrets(const YamlEntry& entry, NodeReader& reader) {
    std::vector<SecretSource> out;
    if (!reader.is_map(entry)) return out;
    for (const YamlEntry& secret : entry.value.entries) {
        if (!reader.is_map(secret)) continue;
        reader.check_keys(secret.value, kSecretKeys, "a secret");
        SecretSource source{secret.key, {}, {}, secret.key_place};
        if (const YamlEntry* file = secret.value.find("file")) source.file = reader.text(*file);
        if (const YamlEntry* environment = secret.value.find("environment")) source.environment = reader.text(*environment);
        if ((secret.value.find("file") != nullptr) == (secret.value.find("environment") != nullptr))
            reader.mistakes().add(secret.key_place, format("the secret {} needs one of \"file\" and \"environment\"", quoted(secret.key)));
        out.push_back(std::move(source));
    }
    return out;
}

std::vector<RegistryOptions> read_registries(const YamlEntry& entry, NodeReader& reader) {
    std::vector<RegistryOptions> out;
    if (!reader.is_map(entry)) return out;
    for (const YamlEntry& registry : entry.value.entries) out.push_back(read_registry(registry, reader));
    return out;
}

std::optional<std::uint64_t> read_cache(const YamlEntry& entry, NodeReader& reader) {
    if (!reader.is_map(entry)) return std::nullopt;
    reader.check_keys(entry.value, kCacheKeys, "\"cache\"");
    const YamlEntry* size = entry.value.find("max_size");
    if (size == nullptr) return std::nullopt;
    return reader.parsed<std::uint64_t>(*size, "a size like 20GB",
                                        [](std::string_view text) { return parse_size(text, SizeUnits::Decimal); });
}

std::optional<std::uint64_t> parse_seconds(std::string_view text) {
    const auto seconds = parse_unsigned(text);
    return seconds && *seconds <= std::uint64_t{kLatestTime} ? seconds : std::nullopt;
}

std::optional<Noise> parse_noise(std::string_view text) {
    if (text == "drop") return Noise::Drop;
    return text == "keep" ? std::optional(Noise::Keep) : std::nullopt;
}

Reproducible read_reproducible(const YamlEntry& entry, NodeReader& reader) {
    Reproducible out;
    if (entry.value.kind != YamlKind::Map) {
        const auto value = entry.value.kind == YamlKind::Scalar ? parse_switch(entry.value.text) : std::nullopt;
        if (!value) reader.expected_but(entry.key, "on, off or a map", entry.value);
        out.enabled = value.value_or(true);
        return out;
    }
    reader.check_keys(entry.value, kReproducibleKeys, "\"reproducible\"");
    if (const YamlEntry* epoch = entry.value.find("source_date_epoch")) {
        out.epoch_of_commit = epoch->value.kind == YamlKind::Scalar && epoch->value.text == "git";
        if (!out.epoch_of_commit) out.source_date_epoch = reader.parsed<std::uint64_t>(*epoch, "seconds since 1970, or git", parse_seconds);
    }
    if (const YamlEntry* noise = entry.value.find("noise"))
        out.noise = reader.parsed<Noise>(*noise, "drop or keep", parse_noise).value_or(out.noise);
    if (const YamlEntry* lock = entry.value.find("lock")) out.lock = reader.text(*lock).value_or(out.lock);
    if (const YamlEntry* compression = entry.value.find("compression"))
        out.compression = reader.parsed<Compression>(*compression, "gzip, zstd or uncompressed", parse_codec).value_or(out.compression);
    return out;
}

}  // namespace mabplan::compiler
