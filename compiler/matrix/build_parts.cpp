#include "compiler/matrix/build_parts.h"

#include "plans/base/format.h"
#include "plans/base/text.h"

#include <array>
#include <limits>

namespace mabplan::compiler {

namespace {

const std::array<std::string, 5> kSecretKeys{"source", "target", "uid", "gid", "mode"};
const std::array<std::string, 2> kUlimitKeys{"soft", "hard"};
const std::array<std::string, 4> kTestKeys{"run", "stdout", "stderr", "exit_code"};

std::optional<std::uint32_t> parse_id(std::string_view text) {
    const auto id = parse_unsigned(text);
    if (!id || *id >= std::numeric_limits<std::uint32_t>::max()) return std::nullopt;
    return static_cast<std::uint32_t>(*id);
}

std::optional<std::uint32_t> parse_mode(std::string_view text) {
    if (text.starts_with("0o")) text.remove_prefix(2);
    const auto mode = parse_unsigned(text, 8);
    if (!mode || *mode > 07777) return std::nullopt;
    return static_cast<std::uint32_t>(*mode);
}

SecretUse read_secret_use(const YamlNode& item, NodeReader& reader) {
    SecretUse use;
    use.place = item.place;
    if (item.kind == YamlKind::Scalar) {
        use.source = item.text;
        return use;
    }
    reader.check_keys(item, kSecretKeys, "a secret");
    if (const YamlEntry* source = item.find("source")) use.source = reader.text(*source).value_or("");
    else reader.mistakes().add(item.place, "a secret needs its \"source\": the name of one under \"secrets\"");
    if (const YamlEntry* target = item.find("target")) use.target = reader.text(*target).value_or("");
    if (const YamlEntry* uid = item.find("uid")) use.uid = reader.parsed<std::uint32_t>(*uid, "a numeric user id", parse_id);
    if (const YamlEntry* gid = item.find("gid")) use.gid = reader.parsed<std::uint32_t>(*gid, "a numeric group id", parse_id);
    if (const YamlEntry* mode = item.find("mode")) use.mode = reader.parsed<std::uint32_t>(*mode, "an octal mode like 0440", parse_mode);
    return use;
}

std::optional<std::int64_t> parse_limit(std::string_view text) {
    const auto limit = parse_signed(text);
    return limit && *limit >= -1 ? limit : std::nullopt;
}

std::int64_t read_limit(const YamlEntry& entry, NodeReader& reader) {
    return reader.parsed<std::int64_t>(entry, "a whole number, -1 for no limit", parse_limit).value_or(-1);
}

// One text is a line for the shell of the image.
std::vector<std::string> read_argv(const YamlEntry& entry, NodeReader& reader) {
    if (entry.value.kind == YamlKind::Scalar) return {"/bin/sh", "-c", entry.value.text};
    if (entry.value.kind == YamlKind::Sequence && !entry.value.items.empty()) return reader.texts(entry);
    reader.expected_but(entry.key, "a text or a list of words", entry.value);
    return {};
}

TestCase read_test(const YamlNode& item, NodeReader& reader) {
    TestCase test;
    test.place = item.place;
    reader.check_keys(item, kTestKeys, "a test");
    if (const YamlEntry* run = item.find("run")) test.argv = read_argv(*run, reader);
    else reader.mistakes().add(item.place, "a test needs \"run\": the command to run in the image");
    if (const YamlEntry* out = item.find("stdout")) test.stdout_text = reader.text(*out);
    if (const YamlEntry* err = item.find("stderr")) test.stderr_text = reader.text(*err);
    if (const YamlEntry* code = item.find("exit_code")) test.exit_code = static_cast<int>(reader.number(*code, 255).value_or(0));
    return test;
}

}  // namespace

std::vector<SecretUse> read_secret_uses(const YamlEntry& entry, NodeReader& reader) {
    std::vector<SecretUse> out;
    if (!reader.is_list(entry)) return out;
    for (const YamlNode& item : entry.value.items) {
        if (item.kind == YamlKind::Scalar || item.kind == YamlKind::Map) out.push_back(read_secret_use(item, reader));
        else reader.mistakes().add(item.place, format("an item of \"secrets\" must be a name or a map, found {}", describe(item)));
    }
    return out;
}

std::vector<Ulimit> read_ulimits(const YamlEntry& entry, NodeReader& reader) {
    std::vector<Ulimit> out;
    if (!reader.is_map(entry)) return out;
    for (const YamlEntry& limit : entry.value.entries) {
        Ulimit ulimit{limit.key, 0, 0, limit.key_place};
        if (limit.value.kind == YamlKind::Map) {
            reader.check_keys(limit.value, kUlimitKeys, "a ulimit");
            const YamlEntry* soft = limit.value.find("soft");
            const YamlEntry* hard = limit.value.find("hard");
            if (soft == nullptr || hard == nullptr)
                reader.mistakes().add(limit.value.place, format("{} needs \"soft\" and \"hard\"", quoted(limit.key)));
            if (soft != nullptr) ulimit.soft = read_limit(*soft, reader);
            if (hard != nullptr) ulimit.hard = read_limit(*hard, reader);
        } else {
            ulimit.soft = ulimit.hard = read_limit(limit, reader);
        }
        out.push_back(std::move(ulimit));
    }
    return out;
}

std::vector<TestCase> read_tests(const YamlEntry& entry, NodeReader& reader) {
    std::vector<TestCase> out;
    if (!reader.is_list(entry)) return out;
    for (const YamlNode& item : entry.value.items) {
        if (item.kind == YamlKind::Map) out.push_back(read_test(item, reader));
        else reader.mistakes().add(item.place, format("an item of \"test\" must be a map with \"run\", found {}", describe(item)));
    }
    return out;
}

Settings read_extra_hosts(const YamlEntry& entry, NodeReader& reader) {
    Settings hosts = reader.settings(entry);
    for (Setting& host : hosts) {
        if (host.value.starts_with('[') && host.value.ends_with(']')) host.value = host.value.substr(1, host.value.size() - 2);
        if (host.value.empty())
            reader.mistakes().add(host.place, format("the host {} needs an address", quoted(host.name)), "write name=address");
    }
    return hosts;
}

}  // namespace mabplan::compiler
