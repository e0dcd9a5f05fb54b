// The networks of the commands of a run: for each command that runs at a time one way out, kept for the next one. Nothing is started
// before a command needs it, or somebody says that one will. Knows no plans and no sandboxes.
#pragma once

#include "plans/base/result.h"
#include "runtime/network/outward_network.h"
#include "runtime/sys/background.h"
#include "runtime/sys/guarded.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mabplan::runtime {

class StepNetworks {
public:
    // `folders`: where the programs are looked for. `settings`: asked once, before the first network is started, for those of each but for
    // its gateway. `on_refusal` is called once, with the reason, when a command must do with the host's network since none of them works
    // here.
    StepNetworks(std::vector<std::string> folders, std::function<OutwardSettings()> settings,
                 std::function<void(std::string_view)> on_refusal)
        : folders_(std::move(folders)), find_settings_(std::move(settings)), on_refusal_(std::move(on_refusal)) {}

    enum class Afterwards { Reuse, End };  // End: for a command that may change its network

    // The network of one command, for as long as this lives.
    class Lease {
    public:
        Lease(StepNetworks& owner, std::unique_ptr<OutwardNetwork> network, Afterwards afterwards)
            : owner_(&owner), network_(std::move(network)), afterwards_(afterwards) {}
        Lease(Lease&&) noexcept = default;
        Lease& operator=(Lease&&) = delete;
        ~Lease();
        int handle() const { return network_->handle(); }  // of the namespace
        bool is_alive() const { return network_->is_alive(); }
        const OutwardSettings& settings() const { return network_->settings(); }

    private:
        StepNetworks* owner_;
        std::unique_ptr<OutwardNetwork> network_;  // null in what was moved from
        Afterwards afterwards_;
    };

    // One will be needed that is closed to the host: it is started beside what else is done, once. That it can't be is told of by who takes
    // it. Before any thread takes one.
    void start_ahead();
    // Nothing if there is no way but the host's network. Several threads may call it. An Environment error if what worked in this run
    // does not any more.
    Result<std::optional<Lease>> take(HostGateway gateway, Afterwards afterwards);
    // Ends what no command uses.
    void end_idle();

private:
    std::unique_ptr<OutwardNetwork> take_idle(HostGateway gateway);
    OutwardSettings settings_with(HostGateway gateway);
    std::unique_ptr<OutwardNetwork> start_first(HostGateway gateway, std::optional<Error>& failure);
    Result<std::optional<Lease>> start(HostGateway gateway, Afterwards afterwards);

    std::vector<std::string> folders_;
    std::function<OutwardSettings()> find_settings_;
    std::function<void(std::string_view)> on_refusal_;
    struct State {
        std::optional<OutwardSettings> settings;
        std::vector<std::unique_ptr<OutwardNetwork>> idle;
        bool has_started = false;
        bool is_refused = false;
    };
    Guarded<State> state_;
    std::unique_ptr<Background> ahead_;  // ends before the rest goes; an error: why no program works here
};

// The addresses to be used beside those of the host's own network. `reached`: ones outside that a step is to reach.
OutwardSettings settings_for_this_host(const std::vector<std::string>& reached = {});

}  // namespace mabplan::runtime
