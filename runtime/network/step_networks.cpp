#include "runtime/network/step_networks.h"

#include "plans/base/format.h"
#include "plans/base/text.h"
#include "runtime/sys/file.h"

#include <algorithm>

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
    const std::scoped_lock lock(owner_->mutex_);
    owner_->idle_.push_back(std::move(network_));
}

std::unique_ptr<OutwardNetwork> StepNetworks::take_idle(HostGateway gateway) {
    const std::scoped_lock lock(mutex_);
    const auto found =
        std::find_if(idle_.begin(), idle_.end(), [&](const auto& network) { return network->settings().gateway == gateway; });
    if (found == idle_.end()) return nullptr;
    auto network = std::move(*found);
    idle_.erase(found);
    return network;
}

Result<std::optional<StepNetworks::Lease>> StepNetworks::take(HostGateway gateway, Afterwards afterwards) {
    {
        const std::scoped_lock lock(mutex_);
        if (is_refused_) return std::optional<Lease>{};
    }
    if (afterwards == Afterwards::Reuse)
        while (auto network = take_idle(gateway))  // one that has ended is replaced
            if (network->is_alive()) return std::optional<Lease>(std::in_place, *this, std::move(network), afterwards);
    return start(gateway, afterwards);
}

OutwardSettings StepNetworks::settings_with(HostGateway gateway) {
    const std::scoped_lock lock(mutex_);
    if (!settings_) settings_ = find_settings_();
    OutwardSettings settings = *settings_;
    settings.gateway = gateway;
    return settings;
}

// The first program that does its work.
Result<std::optional<StepNetworks::Lease>> StepNetworks::start(HostGateway gateway, Afterwards afterwards) {
    const OutwardSettings settings = settings_with(gateway);
    const std::vector<Provider> providers = find_providers(folders_);
    std::optional<Error> failure;
    for (const Provider& provider : providers) {
        auto network = OutwardNetwork::start(provider, settings);
        if (network) {
            const std::scoped_lock lock(mutex_);
            has_started_ = true;
            return std::optional<Lease>(std::in_place, *this, std::make_unique<OutwardNetwork>(std::move(*network)), afterwards);
        }
        if (!failure) failure = std::move(network).error();
    }
    const std::scoped_lock lock(mutex_);
    if (has_started_ && failure) return fail(*std::move(failure));
    if (!is_refused_ && on_refusal_) on_refusal_(failure ? failure->message : "neither slirp4netns nor pasta is installed");
    is_refused_ = true;
    return std::optional<Lease>{};
}

void StepNetworks::end_idle() {
    std::vector<std::unique_ptr<OutwardNetwork>> ending;
    const std::scoped_lock lock(mutex_);
    ending.swap(idle_);
}

}  // namespace mabplan::runtime
