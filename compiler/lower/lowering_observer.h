// What lowering notices on its way and no plan holds: the facts that lint rules and outlines are about. Does not know any rule.
#pragma once

#include "compiler/dockerfile/ast.h"
#include "compiler/dockerfile/ports.h"
#include "compiler/stages/stage_graph.h"
#include "plans/oci/platform.h"
#include "plans/tree/pattern.h"

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace mabplan::compiler {

// Where something was noticed. Instructions of ONBUILD triggers of a base are not in the Dockerfile: their place is the FROM.
struct Sighting {
    const Stage& stage;
    const Instruction& instruction;  // the FROM itself for what concerns the base
    bool from_trigger = false;
};

// Every function may be called several times with equal arguments: once a platform. The default is to notice nothing.
class LoweringObserver {
public:
    virtual ~LoweringObserver() = default;

    // An instruction of a stage that is needed is applied next: first those of triggers, then those of the stage in their order.
    virtual void instruction_applied(const Sighting&) {}
    // Names that were looked up and are neither set nor declared by ARG. `known` are the names that are set there.
    virtual void undefined_variables(const Sighting&, const std::set<std::string>& /*names*/, const std::vector<std::string>& /*known*/) {}
    // The same of the image and of --platform in a FROM: no global ARG declares them. `known`: global and automatic names.
    virtual void undefined_from_arguments(const Sighting&, const std::set<std::string>& /*names*/,
                                          const std::vector<std::string>& /*known*/) {}
    // The image of a FROM is no valid reference where only the defaults of the global ARGs are used.
    virtual void invalid_default_base(const Sighting&) {}
    // --platform of a FROM: the names it used, what it came to, and what TARGETPLATFORM is.
    virtual void from_platform(const Sighting&, const std::set<std::string>& /*names*/, const std::string& /*value*/,
                               const std::string& /*target*/) {}
    // A base image was resolved: as written and expanded, what was wanted and what it says it is. `replaced`: by a named context.
    virtual void base_image(const Sighting&, const std::string& /*name*/, const Platform& /*wanted*/, const Platform& /*found*/,
                            bool /*replaced*/) {}
    // CMD or ENTRYPOINT in shell form; `has_shell`: a SHELL was set, here or in a base.
    virtual void shell_form(const Sighting&, bool /*has_shell*/) {}
    // WORKDIR, its path expanded; `first`: no WORKDIR of this Dockerfile stands before it, also not in the stages below.
    virtual void working_directory(const Sighting&, const std::string& /*path*/, bool /*first*/) {}
    // ENV or ARG: the name that is set, expanded.
    virtual void variable_set(const Sighting&, const std::string& /*name*/) {}
    // One word of EXPOSE, expanded, and what it came to.
    virtual void port_exposed(const Sighting&, const std::string& /*word*/, const ExposedPorts&) {}
    // A source of COPY or ADD that is taken from the main build context, expanded, with the context's ignore list, which is not empty.
    // `hidden`: of a list with exceptions, whether it leaves out all that the source names; nothing if there is no such file.
    virtual void taken_from_context(const Sighting&, const std::string& /*source*/, const PatternList& /*ignore*/,
                                    std::optional<bool> /*hidden*/) {}
    // COPY or ADD with --link to a place in a folder that is /tmp or /var/tmp, of a root file system that has these; as expanded.
    virtual void linked_copy_into_tmp(const Sighting&, const std::string& /*destination*/, std::string_view /*folder*/) {}
    // ADD of a URL.
    virtual void url_added(const Sighting&, const std::string& /*url*/, bool /*has_checksum*/) {}
    // A RUN: the platform of its programs, whether that is the host's, and whether the command can reach the network though the
    // target asks for none.
    virtual void command_run(const Sighting&, const Platform& /*platform*/, bool /*emulated*/, bool /*network_in_hermetic_target*/) {}
    // The final stage of a cell: what was asked for and what its files are made for. `of_several`: the target has several platforms.
    virtual void final_stage(const Sighting&, const Platform& /*wanted*/, const Platform& /*root*/, bool /*of_several*/) {}
};

}  // namespace mabplan::compiler
