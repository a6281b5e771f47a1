package org.dmabuf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.dmabuf.Errnos.assertErrno;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.dmabuf.fence.DmaFence;
import org.dmabuf.fence.FenceContext;
import org.dmabuf.file.FileTable;
import org.dmabuf.file.OpenFile;
import org.dmabuf.memory.MemoryAccount;
import org.dmabuf.resv.DmaResv;
import org.dmabuf.resv.Usage;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class DmaBufTest {
  @RegisterExtension final Framework framework = new Framework();
  private DmaBufRegistry registry;
  private DmaBufRegistry other;
  private int page;

  @BeforeEach
  void open() {
    registry = framework.open("one");
    other = framework.open("other");
    page = registry.pageSize();
  }

  private RecordingExporter.Full full() {
    RecordingExporter.Full exporter = new RecordingExporter.Full(registry, 2L * page);
    exporter.export(registry);
    return exporter;
  }

  @Test
  @Row({"C2", "C1", "C13"})
  void exportInfoIsChecked() {
    RecordingExporter fixed = RecordingExporter.of(registry, false);
    RecordingExporter dynamic = RecordingExporter.of(registry, true);
    ExportPolicy revoke = ExportPolicy.REVOKE;
    assertErrno(Errno.EINVAL, () -> ExportInfo.of("", 1, fixed, revoke));
    assertErrno(Errno.EINVAL, () -> ExportInfo.of("x", -1, fixed, revoke));
    assertErrno(Errno.EINVAL, () -> ExportInfo.of("x", 1, fixed, ExportPolicy.ADOPT));
    ExportInfo pins = ExportInfo.of("x", 1, dynamic, revoke);
    assertErrno(Errno.EINVAL, pins::withCachedMappings);
    LogRecorder.clear();
    assertErrno(Errno.EINVAL, () -> ExportInfo.of("x", 1, null, revoke));
    assertThat(LogRecorder.lines()).singleElement().asString().contains("'x'", "without ops");
    assertErrno(Errno.EINVAL, () -> ExportInfo.of("x", 1, fixed, null));
    assertErrno(Errno.EINVAL, () -> ExportInfo.of(null, 1, fixed, revoke));
    fixed.store.close();
    dynamic.store.close();
  }

  @Test
  @Row({"C6", "C7", "C9"})
  void buffersHaveANumberASizeAndAReservation() {
    RecordingExporter first = RecordingExporter.of(registry, false);
    DmaResv own = registry.reservation();
    DmaBuf a = first.export(registry);
    RecordingExporter second = RecordingExporter.of(registry, false);
    DmaBuf b =
        registry.export(
            ExportInfo.of("second", 0, second, ExportPolicy.REVOKE).withReservation(own));
    assertThat(b.inode()).isGreaterThan(a.inode());
    assertThat(a.size()).isEqualTo(8192);
    assertThat(b.size()).isZero();
    assertThat(b.exporterName()).isEqualTo("second");
    assertThat(b.resv()).isSameAs(own).isNotSameAs(a.resv());
    assertThat(registry.buffers())
        .extracting(BufferInfo::inode)
        .containsExactly(a.inode(), b.inode());
    a.close();
    b.close();
    assertThat(registry.buffers()).isEmpty();
  }

  @Test
  @Row({"C10", "C11"})
  void handleCountsAndReleasesOnceAndLast() {
    RecordingExporter exporter = RecordingExporter.of(registry, false);
    DmaBuf handle = exporter.export(registry);
    assertThat(handle.get()).isSameAs(handle);
    handle.close();
    assertThat(exporter.taken()).isEmpty();
    handle.close();
    assertThat(exporter.taken()).containsExactly("release");
    assertErrno(Errno.EBADF, handle::close);
    assertErrno(Errno.EBADF, handle::get);
    assertErrno(Errno.EBADF, () -> handle.setName("x"));
    assertErrno(Errno.EBADF, () -> handle.beginCpuAccess(DmaDirection.TO_DEVICE));
    assertErrno(Errno.EBADF, () -> handle.endCpuAccess(DmaDirection.TO_DEVICE));
    assertErrno(Errno.EBADF, () -> handle.mmap(0, 1, true));
    assertErrno(Errno.EBADF, handle::vmap);
    assertErrno(Errno.EBADF, () -> other.adopt(handle));
    assertErrno(Errno.EBADF, () -> registry.fd(handle, registry.files(), true));
    assertThat(exporter.taken()).isEmpty();
  }

  @Test
  @Row("C10")
  void exporterWhoseReleaseFailsIsLogged() {
    RecordingExporter exporter = RecordingExporter.of(registry, false);
    exporter.failing.add("release");
    exporter.failure = () -> new IllegalStateException("planted");
    exporter.export(registry).close();
    assertThat(exporter.taken()).containsExactly("release");
    assertThat(LogRecorder.lines()).anyMatch(line -> line.contains("planted"));
  }

  @Test
  @Row("M2")
  void oneBufferHasOneHandleForEachClient() {
    RecordingExporter exporter = RecordingExporter.of(registry, false);
    DmaBuf mine = exporter.export(registry);
    DmaBuf theirs = other.adopt(mine);
    assertThat(theirs).isNotSameAs(mine);
    assertThat(other.adopt(mine)).isSameAs(theirs);
    assertThat(registry.adopt(theirs)).isSameAs(mine);
    mine.close();
    mine.close();
    theirs.close();
    assertThat(exporter.taken()).isEmpty();
    theirs.close();
    assertThat(exporter.taken()).containsExactly("release");
  }

  @Test
  @Row({"F1", "F2", "F3"})
  void descriptorTakesTheCountAndGetMakesAnother() {
    RecordingExporter exporter = RecordingExporter.of(registry, false);
    DmaBuf handle = exporter.export(registry);
    handle.get();
    int fd = registry.fd(handle, other.files(), true);
    assertThat(other.files().isCloseOnExec(fd)).isTrue();
    handle.close();
    assertErrno(Errno.EBADF, handle::close);
    DmaBuf theirs = other.get(fd);
    assertThat(registry.get(other.files(), fd)).isNotSameAs(handle).satisfies(DmaBuf::close);
    other.files().close(fd);
    assertThat(exporter.taken()).isEmpty();
    theirs.close();
    assertThat(exporter.taken()).containsExactly("release");
  }

  @Test
  @Row("F2")
  void wrongDescriptorsAreEbadfAndOtherFilesEinval() {
    assertErrno(Errno.EBADF, () -> registry.get(0));
    assertErrno(Errno.EBADF, () -> registry.get(-1));
    int fd =
        registry
            .files()
            .install(
                new OpenFile() {
                  @Override
                  public String describe() {
                    return "pipe";
                  }

                  @Override
                  protected void released() {
                    LogRecorder.clear();
                  }
                },
                false);
    assertErrno(Errno.EINVAL, () -> registry.get(fd));
    assertThat(registry.files().get(fd).references()).as("the failed get put its own").isEqualTo(2);
    registry.files().get(fd).put();
    registry.files().close();
  }

  @Test
  @Row("F1")
  void fullOrClosedTableLeavesTheCountWithTheCaller() {
    DmaBuf handle = RecordingExporter.of(registry, false).export(registry);
    FileTable tiny = new FileTable("tiny", new MemoryAccount("tiny"), 1, 4096, framework.clock());
    int fd = registry.fd(handle.get(), tiny, false);
    assertErrno(Errno.EMFILE, () -> registry.fd(handle, tiny, false));
    tiny.close(fd);
    tiny.close();
    assertErrno(Errno.EBADF, () -> registry.fd(handle, tiny, false));
    DmaBuf theirs = other.adopt(handle);
    assertErrno(Errno.EBADF, () -> registry.fd(theirs, tiny, false));
    theirs.close();
    handle.close();
  }

  @Test
  @Row({"L/7", "F6"})
  void namesUpToThirtyOneBytes() {
    DmaBuf handle = RecordingExporter.of(registry, false).export(registry);
    assertThat(handle.name()).isEmpty();
    handle.setName("");
    assertThat(handle.name()).contains("");
    handle.setName("x".repeat(31));
    assertErrno(Errno.EINVAL, () -> handle.setName("x".repeat(32)));
    assertErrno(Errno.EINVAL, () -> handle.setName("é".repeat(16)));
    assertThat(handle.name()).contains("x".repeat(31));
    handle.close();
  }

  @Test
  @Row({"U1", "U2", "U3"})
  void cpuAccessCallsTheExporterAndWaitsForFences() throws Exception {
    RecordingExporter.Full exporter = full();
    DmaBuf handle = exporter.buffer;
    FenceContext context = registry.fenceContext("driver", "line");
    DmaFence reader = context.create();
    handle.resv().lock();
    handle.resv().reserveFences(1);
    handle.resv().addFence(reader, Usage.READ);
    handle.resv().unlock();
    handle.beginCpuAccess(DmaDirection.FROM_DEVICE);
    Threads.Running<Object> writer =
        Threads.start(
            () -> {
              handle.beginCpuAccess(DmaDirection.TO_DEVICE);
              return null;
            });
    writer.awaitBlocked();
    Threads.Running<Object> interrupted =
        Threads.start(
            () -> {
              assertErrno(
                  Errno.ERESTARTSYS, () -> handle.beginCpuAccess(DmaDirection.BIDIRECTIONAL));
              return null;
            });
    interrupted.awaitBlocked();
    interrupted.thread().interrupt();
    interrupted.join();
    context.signal(reader);
    writer.join();
    handle.endCpuAccess(DmaDirection.TO_DEVICE);
    assertThat(exporter.taken())
        .containsExactlyInAnyOrder(
            "begin(FROM_DEVICE)", "begin(TO_DEVICE)", "begin(BIDIRECTIONAL)", "end(TO_DEVICE)");
    exporter.failing.add("begin");
    assertErrno(Errno.EBUSY, () -> handle.beginCpuAccess(DmaDirection.TO_DEVICE));
    context.close();
    handle.close();
  }

  @Test
  @Row({"U1", "U2"})
  void cpuAccessNeedsNothingOfTheExporter() {
    DmaBuf handle = RecordingExporter.of(registry, false).export(registry);
    handle.beginCpuAccess(DmaDirection.BIDIRECTIONAL);
    handle.endCpuAccess(DmaDirection.BIDIRECTIONAL);
    assertErrno(Errno.EINVAL, () -> handle.mmap(0, 1, false));
    handle.resv().lock();
    assertErrno(Errno.EINVAL, handle::vmap);
    handle.resv().unlock();
    handle.close();
  }

  @Test
  @Row({"F10", "F11", "L/12"})
  void rangesOfAnMmapAreCheckedBeforeTheExporterSeesThem() {
    RecordingExporter.Full exporter = full();
    DmaBuf handle = exporter.buffer;
    assertErrno(Errno.EINVAL, () -> handle.mmap(1, 1, true));
    assertErrno(Errno.EINVAL, () -> handle.mmap(-1, 1, true));
    assertErrno(Errno.EINVAL, () -> handle.mmap(0, 0, true));
    assertErrno(Errno.EINVAL, () -> handle.mmap(0, -1, true));
    assertErrno(Errno.EOVERFLOW, () -> handle.mmap(-page, 1, true));
    assertErrno(Errno.EINVAL, () -> handle.mmap(page, Long.MAX_VALUE, true));
    assertErrno(Errno.EINVAL, () -> handle.mmap(0, 2L * page + 1, true));
    assertErrno(Errno.EINVAL, () -> handle.mmap(2L * page, 1, true));
    assertThat(exporter.taken()).isEmpty();
    handle.close();
  }

  @Test
  @Row({"F10", "U8"})
  void mappingHasItsOwnLifeAndKeepsTheBuffer() {
    RecordingExporter.Full exporter = full();
    CpuMapping mapping = exporter.buffer.mmap(page, page, true);
    CpuMapping readOnly = exporter.buffer.mmap(0, 2L * page, false);
    exporter.buffer.close();
    assertThat(exporter.calls).doesNotContain("release");
    assertThat(framework.holdings().mappings()).isEqualTo(2);
    mapping.segment().set(ValueLayout.JAVA_BYTE, 3, (byte) 9);
    assertThat(readOnly.segment().get(ValueLayout.JAVA_BYTE, page + 3L)).isEqualTo((byte) 9);
    assertThat(readOnly.segment().isReadOnly()).isTrue();
    MemorySegment gone = mapping.segment();
    mapping.close();
    mapping.close();
    assertThatThrownBy(() -> gone.get(ValueLayout.JAVA_BYTE, 0))
        .isInstanceOf(IllegalStateException.class);
    readOnly.close();
    assertThat(exporter.taken()).containsExactly("mmap", "mmap", "release");
  }

  @Test
  @Row("F10")
  void exporterThatGivesNoOrTooLittleMemoryIsEnomem() {
    RecordingExporter.Full exporter = full();
    exporter.instead = MemorySegment.ofArray(new byte[10]);
    assertErrno(Errno.ENOMEM, () -> exporter.buffer.mmap(0, 11, true));
    try (CpuMapping exact = exporter.buffer.mmap(0, 4, true)) {
      assertThat(exact.segment().byteSize()).isEqualTo(4);
    }
    exporter.instead = null;
    exporter.failing.add("mmap");
    exporter.failure = () -> new IllegalStateException("planted");
    assertErrno(Errno.EIO, () -> exporter.buffer.mmap(0, 1, true));
    assertThat(framework.holdings().mappings()).isZero();
    exporter.buffer.close();
    assertThat(exporter.taken()).endsWith("release");
  }

  @Test
  @Row({"U4", "U5", "N1"})
  void vmapIsCounted() {
    RecordingExporter.Full exporter = full();
    DmaBuf handle = exporter.buffer;
    assertErrno(Errno.EINVAL, handle::vmap);
    handle.resv().lock();
    MemorySegment address = handle.vmap();
    assertThat(handle.vmap()).isEqualTo(address);
    assertThat(address.byteSize()).isEqualTo(2L * page);
    handle.vunmap(address);
    assertErrno(Errno.EINVAL, () -> handle.vunmap(MemorySegment.NULL));
    assertThat(exporter.taken()).containsExactly("vmap");
    handle.vunmap(address);
    assertThat(exporter.taken()).containsExactly("vunmap");
    assertErrno(Errno.EINVAL, () -> handle.vunmap(address));
    assertThatThrownBy(() -> address.get(ValueLayout.JAVA_BYTE, 0))
        .isInstanceOf(IllegalStateException.class);
    exporter.failing.add("vmap");
    assertErrno(Errno.EBUSY, handle::vmap);
    exporter.failing.clear();
    handle.vunmap(handle.vmap());
    handle.resv().unlock();
    assertThat(framework.holdings().mappings()).isZero();
    handle.close();
  }

  @Test
  void callbacksOfARegistryEndWithTheirClose() {
    List<DmaFence> told = new ArrayList<>();
    FenceContext context = registry.fenceContext("driver", "line");
    DmaFence fence = context.create();
    var callback = registry.callback(told::add);
    var closed = registry.callback(told::add);
    fence.addCallback(callback);
    fence.addCallback(closed);
    closed.close();
    context.signal(fence);
    assertThat(told).containsExactly(fence);
    context.close();
  }
}
