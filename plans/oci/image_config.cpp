#include "plans/oci/image_config.h"

#include "plans/base/format.h"
#include "plans/base/rfc3339.h"
#include "plans/oci/json_fields.h"

#include <algorithm>

namespace mabplan {

namespace {

Result<std::vector<Digest>> read_diff_ids(const Json& json, std::string_view what) {
    const Json* rootfs = find_member(json, "rootfs");
    if (rootfs == nullptr || !rootfs->is_object()) return fail(ErrorKind::Verify, format("{} has no \"rootfs\"", what));
    const Json* type = find_member(*rootfs, "type");  // nobody but us would look at it
    // NOLINTNEXTLINE(readability-container-size-empty): an empty text is no empty value of JSON
    if (type != nullptr && *type != "" && *type != "layers")
        return fail(ErrorKind::Verify, format("{} has a \"rootfs\" that is not of type \"layers\"", what));
    MABPLAN_TRY(texts, read_list_field({*rootfs, what}, "diff_ids"));
    std::vector<Digest> diff_ids;
    for (const std::string& text : texts) {
        Result<Digest> digest = Digest::parse(text);
        if (!digest) return fail(ErrorKind::Verify, format("{} has a bad diff_id: {}", what, digest.error().message));
        diff_ids.push_back(std::move(*digest));
    }
    return diff_ids;
}

// What is no time says nothing: nobody needs it to build on the image.
std::optional<std::int64_t> created_in(const Json& object) {
    const auto text = find_string(object, "created");
    return text ? parse_rfc3339(*text) : std::nullopt;
}

std::optional<std::int64_t> newest_time(const Json& document) {
    std::optional<std::int64_t> newest = created_in(document);
    if (const Json* history = find_member(document, "history"); history != nullptr && history->is_array())
        for (const Json& entry : *history) newest = std::max(newest, created_in(entry));
    return newest;
}

// Docker's own type for commands is a list or one text for a list of one.
Result<std::vector<std::string>> read_words_field(JsonObject object, const char* key) {
    if (const auto word = find_string(object.json, key)) return std::vector<std::string>{*word};
    return read_list_field(object, key);
}

Status read_settings(JsonObject settings, ImageConfig& config) {
    MABPLAN_TRY(env, read_list_field(settings, "Env"));
    MABPLAN_TRY(user, read_text_field(settings, "User"));
    MABPLAN_TRY(working_dir, read_text_field(settings, "WorkingDir"));
    MABPLAN_TRY(entrypoint, read_words_field(settings, "Entrypoint"));
    MABPLAN_TRY(cmd, read_words_field(settings, "Cmd"));
    MABPLAN_TRY(shell, read_words_field(settings, "Shell"));
    MABPLAN_TRY(on_build, read_list_field(settings, "OnBuild"));
    config.env = std::move(env);
    config.user = std::move(user);
    config.working_dir = std::move(working_dir);
    config.entrypoint = std::move(entrypoint);
    config.cmd = std::move(cmd);
    config.shell = std::move(shell);
    config.on_build = std::move(on_build);
    return {};
}

}  // namespace

bool is_assignment(std::string_view entry) {
    const std::size_t equals = entry.find('=');
    return equals != std::string_view::npos && equals > 0;
}

Result<ImageConfig> parse_image_config(std::string_view json, std::string_view what) {
    MABPLAN_TRY(document, parse_json(json, what, ErrorKind::Verify));
    if (!document.is_object()) return fail(ErrorKind::Verify, format("{} is not a JSON object", what));
    ImageConfig config;
    MABPLAN_TRY(platform, read_platform_fields({document, what}));
    if (platform.os.empty()) platform.os = "linux";
    config.platform = std::move(platform);
    MABPLAN_TRY(diff_ids, read_diff_ids(document, what));
    config.diff_ids = std::move(diff_ids);
    if (const Json* settings = find_member(document, "config"); settings != nullptr && !settings->is_null()) {
        if (!settings->is_object()) return fail(ErrorKind::Verify, format("{}: \"config\" is not an object", what));
        MABPLAN_CHECK(read_settings({*settings, what}, config));
    }
    config.created = newest_time(document);
    config.json = std::string(json);
    return config;
}

}  // namespace mabplan
