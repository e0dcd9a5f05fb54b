// Plans without commands, an action at a time: each stands on the one that it is given.
#pragma once

#include "tests/support/example_plan.h"
#include "tests/support/layer_builder.h"
#include "tests/support/two_platform_plan.h"

#include <optional>
#include <string>
#include <utility>

namespace mabplan::runtime::tests {

using namespace mabplan::tests;
using Root = std::optional<ActionId>;

struct PlanMaker {
    Plan plan;

    ActionId directory(Root root, const std::string& path) {
        return add_action(plan, MakeDirectoryAction{root, path, ""}, "WORKDIR " + path);
    }
    // The file /NAME.
    ActionId text(Root root, const std::string& name, const std::string& content) {
        CopyAction copy;
        copy.root = root;
        copy.parts.push_back({InlineFiles{{{name, content}}}, {}});
        copy.destination = "/";
        return add_action(plan, copy, "COPY <<" + name + " /");
    }
    ActionId copy_from(Root root, Root from, const std::string& path) {
        CopyAction copy;
        copy.root = root;
        copy.parts.push_back({RootFiles{from}, {path}});
        copy.destination = path;
        return add_action(plan, copy, "COPY --from=other " + path + " " + path);
    }
    // Of nothing: it can only fail.
    ActionId failing(Root root) { return copy_from(root, std::nullopt, "/nothing"); }
    // A base of one layer, which holds the file /base. Its tar is to be had under its digest.
    ActionId base(const std::string& tar) {
        ImageAction image;
        image.name = "base:1";
        image.platform = platform_for("arm64");
        image.location = {ImageLocation::Kind::Registry, "registry.lan/base:1", {}, Digest::of("manifest")};
        const Digest layer = Digest::of(tar);
        image.layers.push_back({{std::string(media_type::kLayer), layer, tar.size(), {}, {}}, layer});
        return add_action(plan, image, "FROM base:1");
    }

    static Cell cell(Root root, const char* architecture = "arm64") {
        Cell cell;
        cell.platform = cell.root_platform = platform_for(architecture);
        cell.root = root;
        cell.config = std::string(R"({"architecture":")") + architecture + R"(","os":"linux"})";
        return cell;
    }
    static Cell optional(Cell cell) {
        cell.optional = true;
        return cell;
    }
    // A layout in a folder of the target's name.
    Target& target(const std::string& name, std::vector<Cell> cells) {
        for (Cell& cell : cells) cell.target = name;
        return plan.targets.emplace_back(Target{name, std::move(cells), {}, {}, {}, {LayoutOutput{name, false}}});
    }
};

inline std::string base_tar() { return tar_of({{file_line("base", 11), "of the base"}}); }

}  // namespace mabplan::runtime::tests
