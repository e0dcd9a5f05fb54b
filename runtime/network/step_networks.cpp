#include "runtime/network/step_networks.h"

#include "plans/base/format.h"
#include "plans/base/text.h"
#include "runtime/sys/file.h"

#include <algorithm>
#include <utility>

namespace mabplan::runtime {

namespace {

constexpr std::uint64_t kMostRouteBytes = 16U << 20U;

std::string read_or_nothing(const char* path) { return read_file(path, kMostRouteBytes).value_or(std::string{}); }

}  // namespace

OutwardSettings settings_for_this_host(const std::vector<std::string>& reached) {
    return {choose_subnet(read_or_nothing("/proc/net/route"), reached), has_default_ipv6_route(read_or_nothing("/proc/net/ipv6_route"))};
}

StepNetworks::Lease::~Lease() {
    if (!network_ || afterwards_ == Afterwards::End) return;
    owner_->state_.lock()->idle.push_back(std::move(network_));
}

std::unique_ptr<OutwardNetwork> StepNetworks::take_idle(HostGateway gateway) {
    return state_.with([gateway](State& state) -> std::unique_ptr<OutwardNetwork> {
        const auto found =
            std::find_if(state.idle.begin(), state.idle.end(), [&](const auto& network) { return network->settings().gateway == gateway; });
        if (found == state.idle.end()) return nullptr;
        auto network = std::move(*found);
        state.idle.erase(found);
        return network;
    });
}

Result<std::optional<StepNetworks::Lease>> StepNetworks::take(HostGateway gateway, Afterwards afterwards) {
    if (ahead_) static_cast<void>(ahead_->wait());
    if (state_.lock()->is_refused) return std::optional<Lease>{};
    if (afterwards == Afterwards::Reuse)
        while (auto network = take_idle(gateway))  // one that has ended is replaced
            if (network->is_alive()) return std::optional<Lease>(std::in_place, *this, std::move(network), afterwards);
    return start(gateway, afterwards);
}

OutwardSettings StepNetworks::settings_with(HostGateway gateway) {
    const auto state = state_.lock();
    if (!state->settings) state->settings = find_settings_();
    OutwardSettings settings = *state->settings;
    settings.gateway = gateway;
    return settings;
}

void StepNetworks::start_ahead() {
    if (ahead_) return;
    ahead_ = std::make_unique<Background>([this]() -> Status {
        std::optional<Error> failure;
        auto network = start_first(HostGateway::Closed, failure);
        if (network) state_.lock()->idle.push_back(std::move(network));
        else if (failure) return fail(*std::move(failure));
        return {};
    });
}

// The first program that does its work; nothing if none does: `failure` is that of the first.
std::unique_ptr<OutwardNetwork> StepNetworks::start_first(HostGateway gateway, std::optional<Error>& failure) {
    const OutwardSettings settings = settings_with(gateway);
    for (const Provider& provider : find_providers(folders_)) {
        auto network = OutwardNetwork::start(provider, settings);
        if (network) {
            state_.lock()->has_started = true;
            return std::make_unique<OutwardNetwork>(std::move(*network));
        }
        if (!failure) failure = std::move(network).error();
    }
    return nullptr;
}

Result<std::optional<StepNetworks::Lease>> StepNetworks::start(HostGateway gateway, Afterwards afterwards) {
    // what takes ten seconds to fail is not tried twice
    std::optional<Error> failure;
    if (ahead_ && !ahead_->wait()) failure = ahead_->wait().error();
    if (auto network = failure ? nullptr : start_first(gateway, failure))
        return std::optional<Lease>(std::in_place, *this, std::move(network), afterwards);
    const auto state = state_.lock();
    if (state->has_started && failure) return fail(*std::move(failure));
    if (!state->is_refused && on_refusal_) on_refusal_(failure ? failure->message : "neither slirp4netns nor pasta is installed");
    state->is_refused = true;
    return std::optional<Lease>{};
}

void StepNetworks::end_idle() { const auto ending = std::exchange(state_.lock()->idle, {}); }

}  // namespace mabplan::runtime
