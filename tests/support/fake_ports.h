// A project in memory: answers of the compiler's ports from tables, every question to the image resolver noted, and one call that
// compiles a Dockerfile with them.
#pragma once

#include "compiler/compile.h"
#include "compiler/matrix/matrix.h"
#include "plans/base/json.h"
#include "tests/support/memory_tree.h"

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace mabplan::tests {

inline Platform platform_of(std::string_view text) {
    return normalize_platform(parse_platform(text, Platform{"linux", "amd64", {}, {}, {}}).value());
}

// Folders as memory trees; text files are those added by `add`.
class MemoryFiles final : public compiler::ProjectFiles {
public:
    MemoryTree& folder(const std::string& path) { return folders_[path]; }
    void add(const std::string& folder_path, const std::string& path, const std::string& content) {
        folder(folder_path).add_file(path, content);
        texts_[join_path(folder_path, path)] = content;
    }
    Result<std::optional<std::string>> read_text(const std::string&, const std::string& path) override {
        const auto found = texts_.find(clean_path(path));
        return found == texts_.end() ? std::nullopt : std::optional(found->second);
    }
    Result<TreeReader*> tree(const std::string& path) override {
        const auto found = folders_.find(clean_path(path));
        if (found == folders_.end()) return input_error(format("there is no folder {}", quoted(path)));
        return &found->second;
    }

private:
    std::map<std::string, MemoryTree> folders_;
    std::map<std::string, std::string> texts_;
};

// Every name is an image of one layer for any platform, with PATH set; `configs` may say more, `platforms` what an image is for.
class MemoryImages final : public compiler::ImageResolver {
public:
    std::map<std::string, std::string> configs;    // name -> the "config" object as JSON
    std::map<std::string, std::string> platforms;  // name -> platform, whatever is wanted
    std::map<std::string, std::int64_t> created;   // "name platform" -> when it was made
    std::set<std::string> missing;
    std::set<std::string> guessed;   // stand-ins for what can't be had
    std::vector<std::string> asked;  // "name platform", with " instead NAME" for named contexts

    Result<compiler::BaseImage> resolve(const compiler::ImageRequest& request) override {
        const std::string wanted = format_platform(request.platform);
        asked.push_back(request.name + " " + wanted + (request.replaced.empty() ? "" : " instead " + request.replaced));
        if (missing.contains(request.name)) return fail(ErrorKind::Registry, format("there is no image {}", quoted(request.name)));
        compiler::BaseImage image;
        image.platform = platforms.contains(request.name) ? platform_of(platforms[request.name]) : request.platform;
        const Digest layer = Digest::of(request.name + format_platform(image.platform));
        image.location = {ImageLocation::Kind::Registry, request.name, {}, layer};
        image.layers.push_back({{std::string(media_type::kLayerGzip), layer, 1, {}, {}}, layer});
        const std::string config = configs.contains(request.name) ? configs[request.name] : R"({"Env":["PATH=/bin"]})";
        const std::string document =
            format(R"({{"architecture":"{}","os":"{}","config":{},"rootfs":{{"type":"layers","diff_ids":["{}"]}}}})",
                   image.platform.architecture, image.platform.os, config, layer.text());
        MABPLAN_TRY(parsed, parse_image_config(document, request.name));
        image.config = std::move(parsed);
        image.is_guess = guessed.contains(request.name);
        const auto made = created.find(request.name + " " + format_platform(image.platform));
        if (made != created.end()) image.config.created = made->second;
        return image;
    }
};

// Sources in the network from tables: what a pin gives, files by "source path", times.
class MemorySources final : public compiler::RemoteSources {
public:
    std::map<std::string, std::string> pins;    // URL, or "remote#ref" -> checksum; of others it is made of the name
    std::map<std::string, std::string> texts;   // "URL path" or "remote path"
    std::set<std::string> archives;             // URLs
    std::map<std::string, std::int64_t> times;  // by URL or remote
    std::vector<std::string> asked;             // what was to be pinned

    Result<RemoteSource> pin(const RemoteSource& source) override {
        if (is_pinned(source)) return source;
        asked.push_back(name_of(source, true));
        const std::string digest = Digest::of(asked.back()).text();
        const auto known = pins.find(asked.back());
        RemoteSource pinned = source;
        if (auto* fetch = std::get_if<FetchAction>(&pinned)) fetch->checksum = known != pins.end() ? known->second : digest;
        else std::get<GitAction>(pinned).checksum = known != pins.end() ? known->second : digest.substr(digest.size() - 40);
        return pinned;
    }
    Result<bool> is_archive(const FetchAction& pinned) override { return archives.contains(pinned.url); }
    Result<std::optional<std::string>> read_text(const RemoteSource& pinned, const std::string& path) override {
        const auto found = texts.find(name_of(pinned, false) + " " + path);
        return found == texts.end() ? std::nullopt : std::optional(found->second);
    }
    Result<std::optional<std::int64_t>> time(const RemoteSource& pinned) override {
        const auto found = times.find(name_of(pinned, false));
        return found == times.end() ? std::nullopt : std::optional(found->second);
    }

private:
    static std::string name_of(const RemoteSource& source, bool with_ref) {
        if (const auto* fetch = std::get_if<FetchAction>(&source)) return fetch->url;
        const auto& git = std::get<GitAction>(source);
        return with_ref ? git.remote + "#" + git.ref : git.remote;
    }
};

// One target "app" that builds the Dockerfile of the folder "." for some platforms.
struct Project {
    MemoryFiles files;
    MemoryImages images;
    MemorySources sources;
    compiler::Matrix matrix;
    compiler::CompileMode mode = compiler::CompileMode::Build;
    compiler::LoweringObserver* observer = nullptr;

    explicit Project(const std::string& dockerfile, const std::vector<std::string>& platforms = {"linux/amd64"}) {
        files.add(".", "Dockerfile", dockerfile);
        compiler::Target target;
        target.name = target.declared_name = "app";
        for (const std::string& text : platforms) {
            compiler::Cell cell;
            cell.platform = platform_of(text);
            target.cells.push_back(std::move(cell));
        }
        matrix.targets.push_back(std::move(target));
    }
    Project& argument(const std::string& name, const std::string& value) {
        for (compiler::Cell& cell : matrix.targets[0].cells) cell.build.args.push_back({name, value, {}});
        return *this;
    }
    Project& context(const std::string& name, const std::string& location) {
        for (compiler::Cell& cell : matrix.targets[0].cells)
            cell.build.additional_contexts.push_back({name, compiler::parse_context_location(location).value(), {}});
        return *this;
    }
    Project& stage(const std::string& name) {
        for (compiler::Cell& cell : matrix.targets[0].cells) cell.build.stage = name;
        return *this;
    }
    // One more target, for the platforms of the first; its Dockerfile is NAME.dockerfile. It is compiled only if `wanted` says so.
    compiler::Target& add_target(const std::string& name, const std::string& dockerfile) {
        files.add(".", name + ".dockerfile", dockerfile);
        compiler::Target target;
        target.name = target.declared_name = name;
        for (const compiler::Cell& model : matrix.targets[0].cells) {
            compiler::Cell cell;
            cell.platform = model.platform;
            cell.build.dockerfile = name + ".dockerfile";
            target.cells.push_back(std::move(cell));
        }
        return matrix.targets.emplace_back(std::move(target));
    }
    std::vector<std::string> wanted{"app"};  // names of the targets to compile

    Checked<compiler::Compiled> compile() {
        std::vector<const compiler::Target*> targets;
        for (const std::string& name : wanted)
            for (const compiler::Target& target : matrix.targets)
                if (target.name == name) targets.push_back(&target);
        return compiler::compile({matrix, targets, platform_of("linux/amd64"), mode, observer, {}}, {files, images, sources});
    }
    // The plan; a failed compilation throws its first error's message.
    Plan plan() {
        auto compiled = compile();
        if (!compiled) throw std::runtime_error(format_error(compiled.error().front()));
        return std::move(compiled->plan);
    }
    // "line: message" of the first error; "compiled" if there is none.
    std::string error() {
        const auto compiled = compile();
        if (compiled) return "compiled";
        const Error& first = compiled.error().front();
        return first.place && first.place->line > 0 ? format("{}: {}", first.place->line, first.message) : first.message;
    }
    // All errors as people see them.
    std::string errors() {
        const auto compiled = compile();
        std::string out;
        if (!compiled)
            for (const Error& each : compiled.error()) out += format_error(each);
        return out;
    }
    // "Dockerfile:3:7" and what is underlined there, of the first error: "Dockerfile:3:7 $X".
    std::string error_place() {
        const auto compiled = compile();
        if (compiled) return "compiled";
        const auto& place = compiled.error().front().place;
        if (!place) return "nowhere";
        const std::string_view line = place->text->line(place->line);
        return format("{} {}", format_place(*place), place->column == 0 ? line : line.substr(place->column - 1, place->width));
    }
};

inline Plan compile_text(const std::string& dockerfile) { return Project(dockerfile).plan(); }

template <class Wanted>
std::vector<Wanted> actions_of(const Plan& plan) {
    std::vector<Wanted> out;
    for (const Action& action : plan.actions)
        if (const auto* found = std::get_if<Wanted>(&action.work)) out.push_back(*found);
    return out;
}

// The "config" object of the image of one cell.
inline Json config_of(const Plan& plan, std::size_t cell = 0) {
    return Json::parse(plan.targets[0].cells[cell].config).value("config", Json::object());
}

// Of the first image.
inline std::optional<std::int64_t> created_of(const Plan& plan) { return plan.targets.at(0).cells.at(0).created; }

inline std::vector<std::string> history_of(const Plan& plan) {
    std::vector<std::string> out;
    for (const HistoryEntry& entry : plan.targets[0].cells[0].history) out.push_back((entry.layer ? "+ " : "  ") + entry.created_by);
    return out;
}

}  // namespace mabplan::tests
