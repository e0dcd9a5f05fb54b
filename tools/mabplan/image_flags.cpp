// The verbs on images, and logging in: their flags.
#include "tools/mabplan/command_parser.h"

namespace mabplan::tools {

namespace {

constexpr const char* kImageWords =
    "A name of the store's own, a reference, a folder with an OCI layout; docker://REF, oci:DIR[:TAG], oci-archive:FILE[:NAME], "
    "docker-archive:FILE[:NAME] say which";
constexpr const char* kDryRun = "Say what would be written, and write nothing";

}  // namespace

void CommandParser::add_image() {
    CLI::App* group = app_.add_subcommand("image", "Look into images, move them between registries, files and the store, run them");
    group->require_subcommand(1);
    CLI::App* inspect =
        verb(*group, "inspect", "Show an image: platforms, digests, layers, configuration", [this] { return Invocation(inspect_); });
    add_common(*inspect, inspect_.common);
    add_registry(*inspect, inspect_.network);
    inspect->add_option("images", inspect_.images, kImageWords)->required();
    inspect->add_option("--platform", inspect_.platform, "Only this platform (default: all that there are)");
    inspect->add_flag("--json", inspect_.common.json, "As JSON");
    inspect->add_flag("--referrers", inspect_.referrers,
                      "Also what refers to it in its registry: signatures, lists of contents, attestations");
    inspect->add_flag("--raw", inspect_.raw, "The bytes of the index or manifest, as they are");
    inspect->add_option("-f,--format", inspect_.format, "A template as docker's: '{{.Manifest.Digest}}', '{{json .Image.config.Env}}'");
    add_image_transfers(*group);
    add_image_names(*group);
    add_image_run(*group);
}

void CommandParser::add_image_run(CLI::App& group) {
    CLI::App* run = verb(group, "run", "Run an image in the sandbox, emulated if need be", [this] { return Invocation(image_run_); });
    run->set_help_flag("--help", "Print this help message and exit");  // -h names the host, as docker run has it
    add_common(*run, image_run_.common, ShortVerbose::Taken);
    add_registry(*run, image_run_.network);
    run->add_option("image", image_run_.image, kImageWords)->required();
    run->add_option("command", image_run_.command,
                    "Instead of the image's command: all that stands behind the image is its, also words that look like flags");
    run->add_option("--platform", image_run_.platform, "Which of the image's platforms (default: this host's)");
    run->add_option("-u,--user", image_run_.user, "Instead of the image's user");
    run->add_option("-e,--env", image_run_.env, "NAME=value, or NAME for the one of this process; may be repeated")
        ->allow_extra_args(false);
    run->add_option("--env-file", image_run_.env_files, "A file with a NAME=value or NAME on each line; may be repeated")
        ->allow_extra_args(false);
    run->add_option_function<std::string>(
        "--entrypoint",
        [this](const std::string& text) {
            image_run_.entrypoint = text;
            image_run_.has_entrypoint = true;
        },
        "Instead of the image's entrypoint; \"\" for none");
    run->add_option("--pull", image_run_.pull,
                    "always: ask its registry, whatever the store has of this name; never: fetch nothing; missing");
    run->add_flag("-i,--interactive", image_run_.interactive, "The command reads standard input; without it, it finds none");
    run->add_flag("-t,--tty", image_run_.terminal, "The command has a terminal of its own");
    run->add_option("-v,--volume", image_run_.volumes, "FOLDER:PATH[:ro]: a folder or file of this host; may be repeated")
        ->allow_extra_args(false);
    run->add_option("--mount", image_run_.mounts,
                    "type=bind,source=FOLDER,target=PATH[,readonly] or type=tmpfs,target=PATH; may be repeated")
        ->allow_extra_args(false);
    run->add_option("--tmpfs", image_run_.memory_folders, "PATH[:size=64m]: a folder in memory; may be repeated")->allow_extra_args(false);
    run->add_option("--shm-size", image_run_.shm_size, "Size of /dev/shm (default: 64m)");
    run->add_option("--ulimit", image_run_.ulimits, "NAME=SOFT[:HARD]; may be repeated")->allow_extra_args(false);
    run->add_option("-h,--hostname", image_run_.hostname, "The name of the host that the command sees");
    run->add_option("--add-host", image_run_.extra_hosts, "NAME:ADDRESS for /etc/hosts; may be repeated")->allow_extra_args(false);
    run->add_option("-w,--workdir", image_run_.working_dir, "Instead of the image's working directory");
    run->add_option("-p,--publish", image_run_.ports, "PORT:PORT: the command gets the network of this host, whose ports its servers have")
        ->allow_extra_args(false);
    run->add_flag("-P,--publish-all", image_run_.publishes_all, "The same, whatever ports there are");
    run->add_option("--network", image_run_.network_mode, "default, none or host");
    run->add_option("--net", image_run_.network_mode, "The same");
    run->add_option("--dns", image_run_.dns, "A name server, instead of the host's; may be repeated")->allow_extra_args(false);
    run->add_option("--dns-search", image_run_.dns_search, "A search domain, instead of the host's; may be repeated")
        ->allow_extra_args(false);
    run->add_option("--dns-option", image_run_.dns_options, "An option of resolv.conf, instead of the host's; may be repeated")
        ->allow_extra_args(false);
}

void CommandParser::add_transfer(CLI::App& group, const std::string& name, const std::string& about, ImageTransferOptions::What what) {
    using What = ImageTransferOptions::What;
    CLI::App* app = verb(group, name, about, [this, what] {
        transfer_.what = what;
        return Invocation(transfer_);
    });
    add_common(*app, transfer_.common);
    add_registry(*app, transfer_.network);
    const char* words = what == What::Copy
                            ? "The image, and where it goes to (docker://REF, oci:DIR[:TAG], oci-archive:FILE, docker-archive:FILE)"
                        : what == What::Push ? "The image, and where it goes to, if that is not where its name says"
                        : what == What::Pull ? "References"
                                             : "The images";
    app->add_option("images", transfer_.images, words)->required();
    app->add_option("--platform", transfer_.platforms,
                    what == What::Pull ? "Platforms, separated by commas (default: this host's)"
                                       : "Only these platforms, separated by commas (default: all)")
        ->delimiter(',')
        ->allow_extra_args(false);
    if (what == What::Pull) app->add_flag("--all-platforms", transfer_.all_platforms, "All platforms");
    if (what == What::Pull) app->add_flag("-a,--all-tags", transfer_.all_tags, "Every tag of the repositories");
    if (what == What::Push) app->add_flag("-a,--all-tags", transfer_.all_tags, "Every name that the store has in the repository");
    if (what == What::Save) app->add_option("-o,--output", transfer_.output, "The file (default: standard output)");
    if (what == What::Copy)
        app->add_flag("--referrers", transfer_.referrers,
                      "Also what refers to it in its registry: signatures, lists of contents, attestations");
    app->add_flag("--dry-run", transfer_.dry_run, kDryRun);
    app->add_flag_callback(
        "-q,--quiet", [this] { transfer_.common.asked_progress = Progress::Quiet; }, "Print the digest alone, and warnings");
    app->add_flag("--json", transfer_.common.json, "As JSON");
}

void CommandParser::add_image_transfers(CLI::App& group) {
    using What = ImageTransferOptions::What;
    add_transfer(group, "pull", "Take images from their registries into the store, under their names", What::Pull);
    add_transfer(group, "push", "Push an image to its registry, with all its platforms", What::Push);
    add_transfer(group, "copy", "Copy an image as it is: between registries, layouts and archives", What::Copy);
    add_transfer(group, "save", "Write an image to a tar that docker, podman and skopeo read", What::Save);
    CLI::App* merge = verb(group, "merge", "Put the platforms of several images into one index", [this] { return Invocation(merge_); });
    add_common(*merge, merge_.common);
    add_registry(*merge, merge_.network);
    merge->add_option("images", merge_.images, "Where the index goes to, as of image copy, unless --tag says it; then the images")
        ->required();
    merge->add_option("-t,--tag", merge_.tags, "Where the index goes to; may be repeated")->allow_extra_args(false);
    merge->add_option("--annotation", merge_.annotations, "KEY=VALUE of the index; may be repeated")->allow_extra_args(false);
    merge->add_flag("--dry-run", merge_.dry_run, kDryRun);
    merge->add_flag("--json", merge_.common.json, "As JSON");
    CLI::App* load = verb(group, "load", "Take the images of a tar into the store: of docker save, or an OCI layout",
                          [this] { return Invocation(load_); });
    add_common(*load, load_.common);
    load->add_option("-i,--input", load_.input, "The file (default: standard input)");
    load->add_flag("--json", load_.common.json, "As JSON");
}

void CommandParser::add_image_names(CLI::App& group) {
    CLI::App* list = verb(group, "ls", "The images that the store has under names", [this] { return Invocation(image_list_); });
    add_common(*list, image_list_.common);
    list->add_option("names", image_list_.names, "Only these, or all of these repositories");
    list->add_flag("-q,--quiet", image_list_.ids_alone, "Digests alone, each once");
    list->add_flag("--no-trunc", image_list_.whole_ids, "Digests in full");
    list->add_option("--format", image_list_.format, "A template as docker's: '{{.Repository}}:{{.Tag}} {{.ID}}'");
    list->add_flag("--json", image_list_.common.json, "As JSON");
    CLI::App* tag = verb(group, "tag", "Give an image more names in the store", [this] { return Invocation(image_tag_); });
    add_common(*tag, image_tag_.common);
    add_registry(*tag, image_tag_.network);
    tag->add_option("image", image_tag_.source, kImageWords)->required();
    tag->add_option("names", image_tag_.names, "The names")->required();
    CLI::App* remove = verb(group, "rm", "Take names from images; `cache prune` frees what nobody uses then",
                            [this] { return Invocation(image_remove_); });
    add_common(*remove, image_remove_.common);
    remove->add_option("names", image_remove_.names, "The names, or ids")->required();
    remove->add_flag("-f,--force", image_remove_.force, "All names of an id; names that are not there are no error");
    CLI::App* diff = verb(group, "diff", "What two images differ in: platforms, configuration, files; ends with 1 if they do",
                          [this] { return Invocation(image_diff_); });
    add_common(*diff, image_diff_.common);
    add_registry(*diff, image_diff_.network);
    diff->add_option("before", image_diff_.before, kImageWords)->required();
    diff->add_option("after", image_diff_.after, kImageWords)->required();
    diff->add_option("--platform", image_diff_.platform, "Only this platform (default: all that both have)");
    diff->add_flag("--json", image_diff_.common.json, "As JSON");
}

void CommandParser::add_login() {
    const auto add = [&](const std::string& name, const std::string& about, bool leave) {
        CLI::App* app = verb(app_, name, about, [this, leave] {
            login_.leave = leave;
            return Invocation(login_);
        });
        add_common(*app, login_.common);
        app->add_option("registry", login_.registry, "Its host, with a port if it has one (default: Docker Hub)");
        if (leave) return;
        add_registry(*app, login_.network);
        app->add_option("-u,--username", login_.user, "The user");
        app->add_option("-p,--password", login_.password, "The password: others of this host can see it");
        app->add_flag("--password-stdin", login_.password_stdin, "Read the password, or a token, from standard input");
    };
    add("login", "Log in to a registry, for docker and its like as well", false);
    add("logout", "Forget the credentials of a registry", true);
}

}  // namespace mabplan::tools
