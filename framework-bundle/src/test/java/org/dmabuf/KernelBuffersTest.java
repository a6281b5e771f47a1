package org.dmabuf;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.dmabuf.fence.DmaFence;
import org.dmabuf.fence.FenceContext;
import org.dmabuf.file.OpenFlags;
import org.dmabuf.resv.DmaResv;
import org.dmabuf.resv.Usage;
import org.dmabuf.sg.SgTable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The scenarios about buffers, attachments and maps that were recorded inside a real kernel, each
 * made again here with the same answers and the same order of callbacks.
 */
class KernelBuffersTest {
  private static final DmaDevice DEVICE = DmaDevice.named("device");

  @RegisterExtension final Framework framework = new Framework();
  private DmaBufRegistry registry;
  private RecordingExporter exporter;
  private DmaBuf handle;

  @BeforeEach
  void open() {
    registry = framework.open("module");
  }

  private DmaBuf export(KernelTrace trace, RecordingExporter made, boolean caching) {
    exporter = made;
    trace.watch(made);
    handle = made.export(registry, ExportPolicy.REVOKE, caching);
    return handle;
  }

  private void failing(String call, Errno errno, Runnable run) {
    exporter.failing.add(call);
    Supplier<RuntimeException> before = exporter.failure;
    exporter.failure = () -> new DmaBufException(errno, "planted");
    try {
      run.run();
    } finally {
      exporter.failing.clear();
      exporter.failure = before;
    }
  }

  private void locked(Runnable call) {
    handle.resv().lock();
    try {
      call.run();
    } finally {
      handle.resv().unlock();
    }
  }

  private static int number(boolean yes) {
    return yes ? 1 : 0;
  }

  private int attached() {
    return number(framework.holdings().attachments() > 0);
  }

  @Test
  @Row({"L/9", "P5"})
  void theRecordingsDifferOnlyWhereADynamicImporterMaps() {
    List<KernelTrace.Step> pinning = KernelTrace.steps(KernelTrace.PINNING);
    List<KernelTrace.Step> holding = KernelTrace.steps(KernelTrace.MOVE_NOTIFY);
    assertThat(pinning).hasSameSizeAs(holding);
    assertThat(IntStream.range(0, pinning.size()).boxed())
        .filteredOn(i -> !pinning.get(i).equals(holding.get(i)))
        .extracting(i -> holding.get(i).scenario() + " " + holding.get(i).number())
        .allMatch(step -> step.matches("k\\.attach_dynamic_exporter (7|9|1[1-4])"))
        .hasSize(6);
  }

  @Test
  @Row({"C1", "C2", "C3", "C6", "F1", "F2", "K/6"})
  void kExport() {
    KernelTrace trace = KernelTrace.of("k.export");
    trace.step("dma_buf_export", () -> exportMinimal(8192).close());
    trace.step("dma_buf_export", () -> exportMinimal(0).close());
    // A driver's object is its own private data: without the one there is not the other.
    trace.step("dma_buf_export", () -> ExportInfo.of("x", 8192, null, ExportPolicy.REVOKE));
    trace.step("dma_buf_export", () -> ExportInfo.of("x", 8192, null, ExportPolicy.REVOKE));
    // Shown by DriversThatDoNotCompileTest.
    trace.forbidden("dma_buf_export", "EINVAL");
    trace.forbidden("dma_buf_export", "EINVAL");
    trace.forbidden("dma_buf_export", "EINVAL");
    RecordingExporter pins = RecordingExporter.of(registry, true);
    trace.step(
        "dma_buf_export",
        () -> ExportInfo.of("x", 8192, pins, ExportPolicy.REVOKE).withCachedMappings());
    pins.store.close();
    trace.step("dma_buf_export", () -> exportMinimal(100).close());
    trace.step("dma_buf_export", () -> exportMinimal(8192).close());
    trace.observe(
        "export",
        () -> {
          exporter = RecordingExporter.of(registry, false);
          int flags = OpenFlags.O_RDWR | OpenFlags.O_CLOEXEC;
          handle =
              registry.export(
                  ExportInfo.of("x", 8192, exporter, ExportPolicy.REVOKE).withFileFlags(flags));
          return Map.of(
              "f_flags",
              "0" + Integer.toOctalString(handle.buffer().file().flags()),
              "own_resv",
              number(handle.resv() != null));
        });
    trace.watch(exporter);
    trace.step("put", handle::close);
    trace.step("dma_buf_get", () -> registry.get(-1));
    // The recorder's thread had no files at all, so there was none behind any number.
    trace.step("dma_buf_get", () -> registry.get(7));
    trace.step("dma_buf_fd", () -> registry.fd(null, registry.files(), true));
    trace.ends();
  }

  private DmaBuf exportMinimal(long size) {
    DmaBufOps minimal =
        new DmaBufOps() {
          @Override
          public SgTable map(Attachment attachment, DmaDirection direction) {
            return null;
          }

          @Override
          public void unmap(Attachment attachment, SgTable table, DmaDirection direction) {
            throw new AssertionError("nothing was mapped");
          }

          @Override
          public void release() {
            assertThat(registry.buffers()).isEmpty();
          }
        };
    return registry.export(ExportInfo.of("x", size, minimal, ExportPolicy.REVOKE));
  }

  @Test
  @Row({"A1", "A2", "A6", "A7", "C10", "C14", "K/7", "P3", "P6", "P8", "U1", "U2", "U4", "U5"})
  void kAttachStatic() {
    KernelTrace trace = KernelTrace.of("k.attach_static");
    // A call has its object, or the language answers.
    trace.forbidden("dma_buf_attach", "EINVAL");
    export(trace, RecordingExporter.of(registry, false), false);
    trace.step("dma_buf_attach", () -> handle.attach(null));
    Map<Integer, Attachment> made = new HashMap<>();
    trace.step("dma_buf_attach", () -> made.put(1, handle.attach(DEVICE)));
    trace.step("dma_buf_attach", () -> made.put(2, handle.attach(DmaDevice.named("second"))));
    Attachment first = made.get(1);
    trace.observe(
        "attachment", () -> Map.of("dynamic", number(first.isDynamic()), "list", attached()));
    Map<Integer, SgTable> tables = new HashMap<>();
    trace.step(
        "map_attachment", () -> tables.put(1, first.mapUnlocked(DmaDirection.BIDIRECTIONAL)));
    trace.observe(
        "map_attachment",
        () -> {
          tables.put(2, first.mapUnlocked(DmaDirection.TO_DEVICE));
          return Map.of("same_sgt", number(tables.get(1) == tables.get(2)));
        });
    trace.step(
        "unmap x2",
        () -> {
          first.unmapUnlocked(tables.get(2));
          first.unmapUnlocked(tables.get(1));
        });
    trace.step(
        "map_attachment",
        () -> failing("map", Errno.EINVAL, () -> first.mapUnlocked(DmaDirection.NONE)));
    trace.step("calls", () -> {});
    trace.step(
        "map_attachment",
        () -> failing("map", Errno.EIO, () -> first.mapUnlocked(DmaDirection.TO_DEVICE)));
    exporter.nullTable = true;
    trace.step("map_attachment", () -> first.mapUnlocked(DmaDirection.TO_DEVICE));
    exporter.nullTable = false;
    trace.step("detach", first::detach);
    // The recorded kernel warns and releases under the attachment, which dangles from then on. Here
    // an attachment holds its buffer, so the same release comes when it has gone.
    KernelTrace.Step put = trace.forbidden("put", null);
    exporter.taken();
    handle.close();
    assertThat(exporter.taken()).isEmpty();
    made.get(2).detach();
    assertThat(exporter.taken()).containsExactly("detach", put.calls());

    export(trace, RecordingExporter.of(registry, false), false);
    trace.step("dma_buf_attach", () -> failing("attach", Errno.EBUSY, () -> handle.attach(DEVICE)));
    trace.observe("calls", () -> Map.of("list_empty", 1 - attached()));
    handle.close();
    export(trace, new RecordingExporter.Full(registry, 8192), false);
    trace.step("begin_cpu_access", () -> handle.beginCpuAccess(DmaDirection.BIDIRECTIONAL));
    trace.step("end_cpu_access", () -> handle.endCpuAccess(DmaDirection.BIDIRECTIONAL));
    handle.resv().lock();
    Map<Integer, Object> addresses = new HashMap<>();
    trace.step("vmap", () -> addresses.put(1, handle.vmap()));
    trace.observe("vmap", () -> Map.of("same", number(handle.vmap().equals(addresses.get(1)))));
    for (int i = 0; i < 2; i++) {
      trace.step("vunmap", () -> handle.vunmap((java.lang.foreign.MemorySegment) addresses.get(1)));
    }
    handle.resv().unlock();
    handle.close();
    handle = exportMinimal(8192);
    trace.step("vmap", () -> locked(handle::vmap));
    trace.step("begin_cpu_access", () -> handle.beginCpuAccess(DmaDirection.BIDIRECTIONAL));
    trace.step("pin", () -> assertThat(exporter.calls).doesNotContain("pin"));
    trace.step("attach", () -> handle.attach(DEVICE).detach());
    handle.close();
    trace.ends();
  }

  @Test
  @Row({"P4", "K/8"})
  void kAttachCached() {
    KernelTrace trace = KernelTrace.of("k.attach_cached");
    export(trace, RecordingExporter.of(registry, false), true);
    Attachment attachment = handle.attach(DEVICE);
    Map<Integer, SgTable> tables = new HashMap<>();
    trace.step("map", () -> tables.put(1, attachment.mapUnlocked(DmaDirection.BIDIRECTIONAL)));
    trace.observe(
        "map",
        () -> {
          SgTable again = attachment.mapUnlocked(DmaDirection.BIDIRECTIONAL);
          return Map.of("same", number(again == tables.get(1)));
        });
    trace.step("map", () -> attachment.mapUnlocked(DmaDirection.TO_DEVICE));
    trace.step("unmap", () -> attachment.unmapUnlocked(tables.get(1)));
    trace.step("detach", attachment::detach);
    Attachment second = handle.attach(DEVICE);
    second.mapUnlocked(DmaDirection.TO_DEVICE);
    trace.step("map", () -> second.mapUnlocked(DmaDirection.BIDIRECTIONAL));
    second.detach();
    handle.close();
    trace.ends();
  }

  @Test
  @Row({"A1", "A5", "P1", "P2", "P5", "P8", "K/7", "L/9", "N2"})
  void kAttachDynamicExporter() {
    KernelTrace trace = KernelTrace.of("k.attach_dynamic_exporter");
    export(trace, RecordingExporter.of(registry, true), false);
    Map<Integer, Attachment> made = new HashMap<>();
    trace.observe(
        "attach",
        () -> {
          made.put(1, handle.attach(DEVICE));
          return Map.of("cached_sgt", framework.holdings().mappings());
        });
    Attachment fixed = made.get(1);
    SgTable cached = fixed.mapUnlocked(DmaDirection.BIDIRECTIONAL);
    trace.observe(
        "map",
        () -> {
          SgTable table = fixed.mapUnlocked(DmaDirection.TO_DEVICE);
          return Map.of("same_as_cached", number(table == cached));
        });
    trace.step("unmap", () -> fixed.unmapUnlocked(cached));
    trace.step("detach", fixed::detach);
    // Shown by DriversThatDoNotCompileTest.
    trace.forbidden("dynamic_attach", "EINVAL");
    trace.observe(
        "dynamic_attach",
        () -> {
          made.put(2, handle.attach(DEVICE, moved -> exporter.calls.add("move_notify")));
          return Map.of("is_dynamic", number(made.get(2).isDynamic()));
        });
    Attachment dynamic = made.get(2);
    handle.resv().lock();
    SgTable[] table = new SgTable[1];
    Runnable map = () -> table[0] = dynamic.map(DmaDirection.BIDIRECTIONAL);
    trace.step("pin", dynamic::pin);
    trace.step("map", map);
    trace.step("move_notify", handle::moveNotify);
    trace.step("unmap", () -> dynamic.unmap(table[0]));
    trace.step("unpin", dynamic::unpin);
    trace.step("map", map);
    trace.step("unmap", () -> dynamic.unmap(table[0]));
    trace.step("map", () -> failing("pin", Errno.ENOMEM, map));
    dynamic.unmap(table[0]);
    trace.step("map", () -> failing("map", Errno.EIO, map));
    handle.resv().unlock();
    trace.step("detach", dynamic::detach);
    trace.step("attach", () -> failing("pin", Errno.ENOMEM, () -> handle.attach(DEVICE)));
    trace.observe("calls", () -> Map.of("list_empty", 1 - attached()));
    trace.step("attach", () -> failing("map", Errno.EIO, () -> handle.attach(DEVICE)));
    trace.observe("calls", () -> Map.of("list_empty", 1 - attached()));
    trace.step("put", handle::close);
    trace.ends();
  }

  @Test
  @Row({"C6", "C10", "F1", "F2", "K/7", "K/9", "P7"})
  void kDynamicImporterStaticExporter() throws Exception {
    KernelTrace trace = KernelTrace.of("k.dynamic_importer_static_exporter");
    export(trace, RecordingExporter.of(registry, false), false);
    Map<Integer, Attachment> made = new HashMap<>();
    trace.observe(
        "dynamic_attach",
        () -> {
          made.put(1, handle.attach(DEVICE, moved -> {}));
          return Map.of("cached_sgt", framework.holdings().mappings());
        });
    Attachment dynamic = made.get(1);
    Map<Integer, SgTable> tables = new HashMap<>();
    trace.step("map", () -> tables.put(1, dynamic.mapUnlocked(DmaDirection.BIDIRECTIONAL)));
    trace.step("unmap", () -> dynamic.unmapUnlocked(tables.get(1)));
    trace.step("detach", dynamic::detach);
    FenceContext context = registry.fenceContext("driver", "line");
    DmaFence writing = context.create();
    locked(
        () -> {
          handle.resv().reserveFences(1);
          handle.resv().addFence(writing, Usage.WRITE);
        });
    Attachment fixed = handle.attach(DEVICE);
    trace.observe(
        "map",
        () -> {
          SgTable table = fixed.mapUnlocked(DmaDirection.BIDIRECTIONAL);
          tables.put(2, table);
          return Map.of("waited", number(handle.resv().await(Usage.WRITE, Duration.ZERO)));
        });
    fixed.unmapUnlocked(tables.get(2));
    fixed.detach();
    int[] fd = new int[1];
    trace.observe(
        "dma_buf_fd",
        () -> {
          fd[0] = registry.fd(handle, registry.files(), true);
          return Map.of("ok", number(fd[0] >= 0));
        });
    trace.observe(
        "dma_buf_get",
        () -> {
          DmaBuf again = registry.get(fd[0]);
          int same = number(again.inode() == handle.inode());
          again.close();
          return Map.of("same", same);
        });
    trace.step("close_fd", () -> registry.files().close(fd[0]));
    context.close();
    DmaResv given = registry.reservation();
    trace.observe(
        "export_with_resv",
        () -> {
          ExportInfo info =
              ExportInfo.of("x", 8192, RecordingExporter.of(registry, false), ExportPolicy.REVOKE);
          try (DmaBuf sharing = registry.export(info.withReservation(given))) {
            return Map.of("uses_given", number(sharing.resv() == given));
          }
        });
    trace.ends();
  }
}
