/* SPDX-License-Identifier: MIT */
/* entry_test.c - directives decoded: registry values, files, services, filters and the rest. */
#include "sample_inf.h"

#include "inf/dirid.h"
#include "inf/entry.h"

static const struct inf_target amd64 = {INF_AMD64, 10, 0, 19045, 1, 0x100};
static char said[4000];

static void say(const char *format, ...)
{
    size_t used = strlen(said);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(said + used, sizeof said - used, format, arguments);
    va_end(arguments);
}

static void say_data(const uint8_t *data, uint32_t length)
{
    for (uint32_t i = 0; i < length; i++)
        say("%02x", data[i]);
}

static int on_registry(void *context, const struct inf_registry *entry)
{
    static const char *const actions[] = {"set",     "key",        "append",   "del-value",
                                          "del-key", "del-string", "bits-set", "bits-clear"};
    (void)context;
    say("%s %s\\%s:%s %u ", actions[entry->action], entry->root, entry->subkey, entry->name,
        entry->type);
    say_data(entry->data, entry->data_length);
    if (entry->bit_mask)
        say("%02x@%u", entry->bit_mask, entry->bit_byte);
    say("%s%s%s\n", entry->if_absent ? " absent" : "", entry->if_present ? " present" : "",
        entry->security ? entry->security : "");
    return 0;
}

static struct inf_error error;

static void registry_is(const char *lines, const char *expected)
{
    char text[2000];
    snprintf(text, sizeof text, "[I]\nAddReg=A\nDelReg=D\nBitReg=B\n%s\n[A]\n[D]\n[B]\n", lines);
    struct inf *inf = sample_parse(text);
    said[0] = 0;
    if (inf_registry_visit(inf, inf_section_find(inf, "I"), on_registry, NULL, &error))
        fail_msg("%s", error.text);
    assert_string_equal(said, expected);
    inf_destroy(inf);
}

static void registry_values(void **state)
{
    (void)state;
    registry_is("[A]\nHKR,,Text,,\"ab\"\n", "set HKR\\:Text 1 610062000000\n");
    registry_is("[A]\nHKR,,Path,0x20000,%%R%%\n", "set HKR\\:Path 2 250052002500"
                                                  "0000\n");
    registry_is("[A]\nHKR,,List,0x10000,a,bc,,\n", "set HKR\\:List 7 6100000062006300"
                                                   "00000000\n");
    registry_is("[A]\nHKR,,List,0x10000\n", "set HKR\\:List 7 0000\n");
    registry_is("[A]\nHKR,,List,0x10008,a\n", "append HKR\\:List 7 610000000000\n");
    registry_is("[A]\nHKR,Sub,Number,0x10001,258\n", "set HKR\\Sub:Number 4 02010000\n");
    registry_is("[A]\nHKR,,Number,0x10001,-1\n", "set HKR\\:Number 4 ffffffff\n");
    registry_is("[A]\nHKR,,Number,0x10001,1,2,3,4\n", "set HKR\\:Number 4 01020304\n");
    registry_is("[A]\nHKR,,Bytes,1,1f,0x2,FF\n", "set HKR\\:Bytes 3 1f02ff\n");
    registry_is("[A]\nHKR,,Long,0xb0001,0x102030405\n", "set HKR\\:Long 11 0504030201000000\n");
    registry_is("[A]\nHKR,,None,0x20001\n", "set HKR\\:None 0 \n");
    registry_is("[A]\nHKR,,Other,0x90001,01\n", "set HKR\\:Other 9 01\n");
    registry_is("[A]\nHKLM,Key\n", "key HKLM\\Key: 0 \n");
    registry_is("[A]\nHKLM,Key,,,x\n", "set HKLM\\Key: 1 78000000\n");
    registry_is("[A]\nHKR,Key,V,0x10,x\n", "key HKR\\Key:V 0 \n");
    registry_is("[A]\nHKR,,V,2,x\nhkcr,,V,0x20,x\n",
                "set HKR\\:V 1 78000000 absent\nset hkcr\\:V 1 78000000 present\n");
    registry_is("[A]\nHKR,K,V,4\nHKR,K,,4\n", "del-value HKR\\K:V 0 \ndel-key HKR\\K: 0 \n");
    registry_is("[A]\nHKR,,V,,x\n[A.Security]\n\"D:P(A;;GA;;;SY)\"\n",
                "set HKR\\:V 1 78000000D:P(A;;GA;;;SY)\n");
    registry_is("[D]\nHKLM,K\nHKR,K,V\nHKR,,F,0x18002,s\nHKR,K,V,0x2000\n[A]\nHKR,,V,,\n",
                "del-key HKLM\\K: 0 \ndel-value HKR\\K:V 0 \ndel-string HKR\\:F 7 73000000\n"
                "del-key HKR\\K:V 0 \nset HKR\\:V 1 0000\n");
    registry_is("[B]\nHKR,,V,1,0x81,2\nHKR,,V,,1,0\n",
                "bits-set HKR\\:V 3 81@2\nbits-clear HKR\\:V 3 01@0\n");
}

typedef int visit_call(const struct inf *, const struct inf_section *);

static int registry_call(const struct inf *inf, const struct inf_section *section)
{
    return inf_registry_visit(inf, section, on_registry, NULL, &error);
}

static void refused(visit_call *call, const char *text, const char *message)
{
    struct inf *inf = sample_parse(text);
    error.text[0] = 0;
    assert_int_equal(call(inf, inf_section_find(inf, "I")), INF_DAMAGED);
    if (strncmp(error.text, message, strlen(message)) != 0)
        fail_msg("expected \"%s\", got \"%s\"", message, error.text);
    inf_destroy(inf);
}

static void registry_refusals(void **state)
{
    (void)state;
    static const struct {
        const char *text, *message;
    } bad[] = {
        {"[I]\nAddReg=A\n", "sample.inf:2: AddReg names [A]"},
        {"[I]\nAddReg=@A\n", "sample.inf:2: \"@A\": @ names a file"},
        {"[I]\nAddReg=A\n[A]\nHKX,a\n", "sample.inf:4: \"HKX\" is no root"},
        {"[I]\nAddReg=A\n[A]\na=b\n", "sample.inf:4: \"a\" is no root"},
        {"[I]\nAddReg=A\n[A]\nHKR,,v,zz\n", "sample.inf:4: \"zz\" is no number"},
        {"[I]\nAddReg=A\n[A]\nHKR,,v,0x10001,zz\n", "sample.inf:4: \"zz\" is no number"},
        {"[I]\nAddReg=A\n[A]\nHKR,,v,0x10001,0x100000000\n", "sample.inf:4: \"0x1000"},
        {"[I]\nAddReg=A\n[A]\nHKR,,v,1,123\n", "sample.inf:4: \"123\" is no byte"},
        {"[I]\nAddReg=A\n[A]\nHKR,,v,0x50000,1\n", "sample.inf:4: flags 0x50000 name no type"},
        {"[I]\nDelReg=A\n[A]\nHKLM\n", "sample.inf:4: this deletes all of HKLM"},
        {"[I]\nBitReg=A\n[A]\nHKR,,v,1,256,0\n", "sample.inf:4: \"256\" is no number"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        refused(registry_call, bad[i].text, bad[i].message);
}

static int on_file(void *context, const struct inf_file *file)
{
    (void)context;
    say("%d %s<%s %d\\%s %x disk %u '%s'%s\n", file->action, file->target, file->source,
        (int)file->dirid, file->subdir, file->flags, file->disk, file->source_subdir,
        file->security ? file->security : "");
    return 0;
}

static int files_call(const struct inf *inf, const struct inf_section *section)
{
    return inf_files_visit(inf, section, &amd64, on_file, NULL, &error);
}

static void files(void **state)
{
    (void)state;
    struct inf *inf =
        sample_parse("[I]\nCopyFiles=@one.sys,List,Other\nDelFiles=Gone\nRenFiles=Ren\n"
                     "[List]\ntwo.sys,src.sys,,0x10\nthree.dll\n[List.Security]\n\"D:\"\n"
                     "[Other]\nfour\n[Gone]\nold.sys,,,1\n[Ren]\nnew,old\n"
                     "[DestinationDirs]\nDefaultDestDir=13\nlist=12,sub\nOther=-1,C:\\x\n"
                     "[SourceDisksNames]\n1=d,,,\\top\\\n2=d\n"
                     "[SourceDisksNames.amd64]\n1=d,,,\\amd64\n"
                     "[SourceDisksFiles]\none.sys=1,,77\nsrc.sys=2,x86\n"
                     "[SourceDisksFiles.amd64]\nsrc.sys=1,x64\\\n");
    said[0] = 0;
    assert_int_equal(files_call(inf, inf_section_find(inf, "I")), INF_OK);
    assert_string_equal(said, "1 old.sys<old.sys 13\\ 1 disk 0 ''\n"
                              "2 new<old 13\\ 0 disk 0 ''\n"
                              "0 one.sys<one.sys 13\\ 0 disk 1 'amd64'\n"
                              "0 two.sys<src.sys 12\\sub 10 disk 1 'amd64\\x64'D:\n"
                              "0 three.dll<three.dll 12\\sub 0 disk 0 ''D:\n"
                              "0 four<four -1\\C:\\x 0 disk 0 ''\n");
    said[0] = 0;
    assert_int_equal(inf_source_files_visit(inf, &amd64, on_file, NULL, &error), INF_OK);
    assert_string_equal(said, "0 src.sys<src.sys 0\\ 0 disk 1 'amd64\\x64'\n"
                              "0 one.sys<one.sys 0\\ 0 disk 1 'amd64'\n");
    inf_destroy(inf);
    refused(files_call, "[I]\nCopyFiles=L\n", "sample.inf:2: CopyFiles names [L]");
    refused(files_call, "[I]\nCopyFiles=L\n[L]\n,x\n", "sample.inf:4: the line names no file");
    refused(files_call, "[I]\nCopyFiles=@a\n[DestinationDirs]\nDefaultDestDir=%12%\n",
            "sample.inf:4: \"%12%\" is no DIRID");
    refused(files_call, "[I]\nCopyFiles=@a\n[SourceDisksFiles]\na=x\n",
            "sample.inf:4: \"x\" is no");
}

static int on_service(void *context, const struct inf_service *service)
{
    (void)context;
    say("%c %s %x %u/%u/%u %s|%s|%s|%s|%s|%s", service->is_delete ? '-' : '+', service->name,
        service->flags, service->type, service->start, service->error_control, service->binary,
        service->display_name, service->load_order_group, service->security,
        service->event_log_name, service->event_name);
    for (uint32_t i = 0; i < service->dependency_count; i++)
        say(" %s", service->dependencies[i].text);
    say("%s\n", service->event_section ? " event" : "");
    return 0;
}

static int services_call(const struct inf *inf, const struct inf_section *section)
{
    return inf_services_visit(inf, section, on_service, NULL, &error);
}

#define SERVICE "[S]\nServiceType=1\nStartType=3\nErrorControl=1\nServiceBinary=%12%\\a.sys\n"

static void services(void **state)
{
    (void)state;
    struct inf *inf = sample_parse("[I]\nAddService=a,0x2,S,E,Application,Name\nAddService=,2\n"
                                   "DelService=old,0x204\n" SERVICE
                                   "DisplayName=\"A B\"\nLoadOrderGroup=Base\nSecurity=D:\n"
                                   "Dependencies=x,+g\n[E]\n");
    said[0] = 0;
    assert_int_equal(services_call(inf, inf_section_find(inf, "I")), INF_OK);
    assert_string_equal(said, "- old 204 0/0/0 |||||\n"
                              "+ a 2 1/3/1 %12%\\a.sys|A B|Base|D:|Application|Name x +g event\n"
                              "+  2 0/0/0 |||||\n");
    inf_destroy(inf);
    refused(services_call, "[I]\nAddService=a,2,S\n", "sample.inf:2: AddService names [S]");
    refused(services_call, "[I]\nAddService=,0,S\n" SERVICE, "sample.inf:2: \"\" cannot be");
    refused(services_call, "[I]\nAddService=a\\b,2,S\n" SERVICE, "sample.inf:2: \"a\\b\" cannot");
    refused(services_call, "[I]\nAddService=a,2,S\n[S]\nServiceType=1\n",
            "sample.inf:3: service [S] has no ServiceBinary");
    refused(services_call,
            "[I]\nAddService=a,2,S\n[S]\nServiceBinary=x\nServiceType=1\n"
            "StartType=5\nErrorControl=1\n",
            "sample.inf:6: \"5\" is no number");
}

static int on_filter(void *context, const struct inf_filter *filter)
{
    (void)context;
    say("%s %d %s\n", filter->service, filter->is_upper, filter->level);
    return 0;
}

static int filters_call(const struct inf *inf, const struct inf_section *section)
{
    return inf_filters_visit(inf, section, on_filter, NULL, &error);
}

static int on_interface(void *context, const struct inf_interface *interface)
{
    (void)context;
    say("%s %s %s\n", interface->guid, interface->reference,
        interface->section ? interface->section->name : "");
    return 0;
}

static int interfaces_call(const struct inf *inf, const struct inf_section *section)
{
    return inf_interfaces_visit(inf, section, on_interface, NULL, &error);
}

static int on_provider(void *context, const struct inf_event_provider *provider)
{
    (void)context;
    say("%s %s %s\n", provider->name, provider->resource_file, provider->message_file);
    return 0;
}

static int providers_call(const struct inf *inf, const struct inf_section *section)
{
    return inf_event_providers_visit(inf, section, on_provider, NULL, &error);
}

#define GUID "{78A1C341-4539-11d3-B88D-00C04FAD5171}"

static void additions(void **state)
{
    (void)state;
    struct inf *inf = sample_parse("[I]\nAddFilter=up,,U\nAddFilter=mid,,L\nAddInterface=" GUID
                                   ",ref,X\nAddInterface=" GUID "\nAddEventProvider=" GUID ",P\n"
                                   "[U]\nFilterPosition=Upper\n[L]\nFilterLevel=level\n[X]\n"
                                   "[P]\nProviderName=n\nResourceFile=%13%\\r.dll\n");
    const struct inf_section *section = inf_section_find(inf, "I");
    said[0] = 0;
    assert_int_equal(filters_call(inf, section), INF_OK);
    assert_int_equal(interfaces_call(inf, section), INF_OK);
    assert_int_equal(providers_call(inf, section), INF_OK);
    assert_string_equal(said, "up 1 \nmid 0 level\n" GUID " ref X\n" GUID "  \nn %13%\\r.dll \n");
    inf_destroy(inf);
    refused(filters_call, "[I]\nAddFilter=a,,S\n[S]\n", "sample.inf:3: filter a has neither");
    refused(filters_call, "[I]\nAddFilter=\n", "sample.inf:2: AddFilter names no service");
    refused(interfaces_call, "[I]\nAddInterface={1}\n", "sample.inf:2: \"{1}\" is no GUID");
    refused(providers_call, "[I]\nAddEventProvider=" GUID ",P\n[P]\n", "sample.inf:2: event pro");
}

static int on_property(void *context, const struct inf_property *property)
{
    (void)context;
    say("%c%s %02x %u %u %u ", property->is_delete ? '-' : '+',
        property->name ? property->name : "", property->fmtid[0], property->pid, property->type,
        property->flags);
    say_data(property->data, property->data_length);
    say("\n");
    return 0;
}

static int properties_call(const struct inf *inf, const struct inf_section *section)
{
    return inf_properties_visit(inf, section, on_property, NULL, &error);
}

static void properties(void **state)
{
    (void)state;
    struct inf *inf = sample_parse("[I]\nAddProperty=P\nDelProperty=Q\n[P]\nDeviceModel,,,,x\n" GUID
                                   ",2,18,1,x\n" GUID ",3,8210,,x,y\n" GUID ",4,7,,5\n" GUID
                                   ",5,17,,1\n" GUID ",6,4099,,1,ff\n"
                                   "[Q]\nDeviceModel\n" GUID ",2,1,s\n");
    said[0] = 0;
    assert_int_equal(properties_call(inf, inf_section_find(inf, "I")), INF_OK);
    assert_string_equal(said, "-DeviceModel 51 2 18 0 \n- 41 2 18 1 73000000\n"
                              "+DeviceModel 51 2 18 0 78000000\n+ 41 2 18 1 78000000\n"
                              "+ 41 3 8210 0 78000000790000000000\n+ 41 4 7 0 05000000\n"
                              "+ 41 5 17 0 ff\n+ 41 6 4099 0 01ff\n");
    inf_destroy(inf);
    refused(properties_call, "[I]\nAddProperty=P\n[P]\nNothing\n", "sample.inf:4: \"Nothing\" is");
    refused(properties_call, "[I]\nAddProperty=P\n[P]\n" GUID ",1,18,,x\n", "sample.inf:4: a prop");
    refused(properties_call, "[I]\nAddProperty=P\n[P]\n" GUID ",2,5,,x\n", "sample.inf:4: 0x5 is");
}

static int on_resource(void *context, const struct inf_resource *resource)
{
    (void)context;
    say("%u.%u %x %d %llx-%llx %llx/%llx %s\n", resource->config, resource->entry,
        resource->priority, resource->kind, (unsigned long long)resource->first,
        (unsigned long long)resource->last, (unsigned long long)resource->length,
        (unsigned long long)resource->alignment, resource->attributes);
    return 0;
}

static int resources_call(const struct inf *inf, const struct inf_section *section)
{
    return inf_log_configs_visit(inf, section, on_resource, NULL, &error);
}

static void log_configs(void **state)
{
    (void)state;
    struct inf *inf =
        sample_parse("[I]\nLogConfig=A,B\n[A]\nConfigPriority=HARDWIRED\n"
                     "IOConfig=1F8-1FF(3ff::), 2F8-2FF\nIRQConfig=LS:5,7\n"
                     "[B]\nIOConfig=8@300-32F%FF8\nMemConfig=8000@C0000-D7FFF%F0000(RW)\n"
                     "MemConfig=1000@0-FFFFFFFF\nDMAConfig=3\n");
    said[0] = 0;
    assert_int_equal(resources_call(inf, inf_section_find(inf, "I")), INF_OK);
    assert_string_equal(said, "0.0 e000 0 1f8-1ff 8/1 ::)\n0.0 e000 0 2f8-2ff 8/1 \n"
                              "0.1 e000 2 5-5 1/1 LS\n0.1 e000 2 7-7 1/1 LS\n"
                              "1.0 3000 0 300-32f 8/8 \n1.1 3000 1 c0000-d7fff 8000/10000 RW)\n"
                              "1.2 3000 1 0-ffffffff 1000/1000 \n1.3 3000 3 3-3 1/1 \n");
    inf_destroy(inf);
    static const char *const bad[] = {"x",     "1F8",   "10-1", "8@300", "20@0-1",
                                      "0@1-2", "1-2%3", "1-2(", "@1-2"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        char text[100];
        snprintf(text, sizeof text, "[I]\nLogConfig=A\n[A]\nIOConfig=%s\n", bad[i]);
        refused(resources_call, text, "sample.inf:4: \"");
    }
}

static const struct inf *include(void *context, const char *name)
{
    return inf_same(name, "other.inf") ? context : NULL;
}

/* Sections that a directive names may stand in an included INF, with its own destinations. */
static void included_entries(void **state)
{
    (void)state;
    struct inf *other = sample_parse("[Theirs.Files]\nt.sys\n[DestinationDirs]\nTheirs.Files=11\n");
    struct inf *inf = sample_parse("[I]\nInclude=other.inf\nCopyFiles=Theirs.Files\n"
                                   "[DestinationDirs]\nDefaultDestDir=13\n");
    said[0] = 0;
    assert_int_equal(files_call(inf, inf_section_find(inf, "I")), INF_OK);
    assert_string_equal(said, ""); /* nobody can read it */
    inf_include_set(inf, include, other);
    assert_int_equal(files_call(inf, inf_section_find(inf, "I")), INF_OK);
    assert_string_equal(said, "0 t.sys<t.sys 11\\ 0 disk 0 ''\n");
    inf_destroy(inf);
    inf_destroy(other);
}

static int on_directive(void *context, const struct inf_directive *directive)
{
    (void)context;
    say("%s %s %s\n", directive->name, inf_text(directive->place.line, 0),
        directive->section ? directive->section->name : "");
    return 0;
}

static void directives(void **state)
{
    (void)state;
    struct inf *inf = sample_parse("[I]\nAddSoftware=s,,S,\nAddSoftware=t\nOther=1\n[S]\n");
    said[0] = 0;
    assert_int_equal(inf_directives_visit(inf, inf_section_find(inf, "I"), "AddSoftware",
                                          on_directive, NULL, &error),
                     INF_OK);
    assert_string_equal(said, "AddSoftware s S\nAddSoftware t \n");
    inf_destroy(inf);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(registry_values), cmocka_unit_test(registry_refusals),
        cmocka_unit_test(files),           cmocka_unit_test(services),
        cmocka_unit_test(additions),       cmocka_unit_test(properties),
        cmocka_unit_test(log_configs),     cmocka_unit_test(included_entries),
        cmocka_unit_test(directives),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
