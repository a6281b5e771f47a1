package org.dmabuf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dmabuf.Errnos.assertErrno;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.dmabuf.fence.DmaFence;
import org.dmabuf.fence.FenceUnwrap;
import org.dmabuf.file.FileTable;
import org.dmabuf.file.PollEvents;
import org.dmabuf.resv.Usage;
import org.dmabuf.sync.FenceInfo;
import org.dmabuf.sync.SwSyncIoctl;
import org.dmabuf.sync.SyncFile;
import org.dmabuf.sync.SyncFileInfo;
import org.dmabuf.sync.SyncIoctl;
import org.dmabuf.sync.SyncTimeline;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A buffer's fences as sync files; names of IGT's dmabuf_sync_file cases where they are those. */
class SyncFileExportTest {
  private static final int READ = (int) DmaBufIoctl.SYNC_READ;
  private static final int WRITE = (int) DmaBufIoctl.SYNC_WRITE;
  private static final int RW = READ | WRITE;

  @RegisterExtension final Framework framework = new Framework();
  private DmaBufRegistry client;
  private FileTable table;
  private DmaBuf buffer;
  private int fd;

  @BeforeEach
  void open() {
    DmaBufRegistry exporter = framework.open("exporter");
    client = framework.open("client");
    table = client.files();
    buffer = new RecordingExporter.Full(exporter, 8192).export(exporter);
    fd = exporter.fd(buffer.get(), table, true);
  }

  private int timeline(String name) {
    return SwSyncIoctl.open(client, table, name, 0);
  }

  private int fence(int timeline, int value) {
    return SwSyncIoctl.createFence(table, timeline, value);
  }

  private int export(int flags) {
    return DmaBufIoctl.exportSyncFile(table, fd, flags);
  }

  private void importInto(int flags, int syncFile) {
    DmaBufIoctl.importSyncFile(table, fd, flags, syncFile);
  }

  private SyncFileInfo info(int syncFile) {
    return SyncIoctl.fileInfo(table, syncFile);
  }

  private List<String> exported(int flags) {
    return info(export(flags)).fences().stream().map(FenceInfo::timelineName).toList();
  }

  private boolean isBusy(int events) {
    return table.poll(fd, events) == 0;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  @Row({"N4", "A/11"})
  void exportBasic(int flags) {
    int file = export(flags);
    assertThat(table.isCloseOnExec(file)).isTrue();
    assertThat(info(file).name()).isEqualTo("stub-stub0-0");
    assertThat(info(file).status()).isEqualTo(1);
    assertThat(table.poll(file, PollEvents.POLLIN)).isEqualTo(PollEvents.POLLIN);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 4, 5, 7, 8, Integer.MIN_VALUE, -1})
  @Row({"N4", "A/11", "A/13"})
  void otherFlagsAreRefusedFirstAndNothingIsTouched(int flags) {
    int before = table.size();
    int[] struct = {flags, -7};
    assertErrno(
        Errno.EINVAL,
        () -> table.ioctl(fd, DmaBufIoctl.EXPORT_SYNC_FILE, MemorySegment.ofArray(struct)));
    assertThat(struct[1]).isEqualTo(-7);
    assertErrno(Errno.EINVAL, () -> importInto(flags, -1));
    assertThat(table.size()).isEqualTo(before);
  }

  @Test
  @Row({"N4", "A/11", "A/13"})
  void structureThatCannotBeAccessedIsEfaultAndLeavesNoDescriptor() {
    int before = table.size();
    for (int request : new int[] {DmaBufIoctl.EXPORT_SYNC_FILE, DmaBufIoctl.IMPORT_SYNC_FILE}) {
      assertErrno(Errno.EFAULT, () -> table.ioctl(fd, request, MemorySegment.NULL));
    }
    MemorySegment readOnly = MemorySegment.ofArray(new int[] {READ, -1}).asReadOnly();
    assertErrno(Errno.EFAULT, () -> table.ioctl(fd, DmaBufIoctl.EXPORT_SYNC_FILE, readOnly));
    assertThat(table.size()).isEqualTo(before);
    int file = export(READ);
    assertErrno(Errno.ENOTTY, () -> DmaBufIoctl.exportSyncFile(table, file, READ));
    assertErrno(Errno.EBADF, () -> DmaBufIoctl.exportSyncFile(table, 99, READ));
    assertErrno(Errno.ENOTTY, () -> DmaBufIoctl.importSyncFile(table, file, READ, file));
  }

  @Test
  @Row({"N4", "A/13"})
  void whateverIsNoSyncFileIsEinval() {
    int line = timeline("line");
    for (int bad : new int[] {-1, 99, fd, line}) {
      assertErrno(Errno.EINVAL, () -> importInto(READ, bad));
    }
    assertThat(buffer.resv().entries()).isEmpty();
  }

  @Test
  @Row({"N4", "A/12"})
  void exportBeforeSignal() {
    int line = timeline("line");
    importInto(WRITE, fence(line, 1));
    int file = export(READ);
    assertThat(info(file).name()).as("bare").matches("sw_sync-line\\d+-1");
    assertThat(info(file).status()).isZero();
    SwSyncIoctl.increment(table, line, 1);
    assertThat(info(file).status()).isEqualTo(1);
  }

  /** The recorded scenario a.*.expsnap. */
  @Test
  @Row({"N4", "A/12", "A/13"})
  void readersWaitForWritersAndWritersForAllInTheOrderOfTheirSlots() {
    int one = timeline("one");
    int two = timeline("two");
    importInto(READ, fence(two, 1));
    assertThat(exported(READ)).containsExactly("stub");
    assertThat(exported(WRITE)).containsExactly("two");
    importInto(WRITE, fence(one, 2));
    importInto(READ, fence(one, 3));
    assertThat(exported(READ)).containsExactly("one");
    assertThat(exported(RW)).as("not merged by context").containsExactly("two", "one", "one");
    assertThat(info(export(WRITE)).name()).matches("dma_fence_array-unbound\\d+-1");
    SwSyncIoctl.increment(table, one, 2);
    assertThat(exported(READ)).as("completed ones are left out").containsExactly("stub");
    assertThat(exported(WRITE)).containsExactly("two", "one");
  }

  @Test
  @Row({"N4", "A/12"})
  void exportWaitAfterAttach() {
    int line = timeline("line");
    int snapshot = export(RW);
    importInto(WRITE, fence(line, 1));
    assertThat(info(snapshot).status()).as("a fence that came later is not in it").isEqualTo(1);
    assertThat(info(export(RW)).status()).isZero();
  }

  @Test
  @Row({"N4", "A/12", "A/14"})
  void exportMultiwait() {
    int one = timeline("one");
    int two = timeline("two");
    importInto(WRITE, fence(one, 1));
    importInto(WRITE, fence(two, 1));
    int file = export(RW);
    SwSyncIoctl.increment(table, one, 1);
    assertThat(table.poll(file, PollEvents.POLLIN)).isZero();
    SwSyncIoctl.increment(table, two, 1);
    assertThat(table.poll(file, PollEvents.POLLIN)).isEqualTo(PollEvents.POLLIN);
  }

  @Test
  @Row({"N4", "A/13", "L2", "L3"})
  void importBasic() {
    int line = timeline("line");
    importInto(READ, fence(line, 1));
    assertThat(isBusy(PollEvents.POLLIN)).as("a reader makes writers wait").isFalse();
    assertThat(isBusy(PollEvents.POLLOUT)).isTrue();
    importInto(WRITE, fence(line, 2));
    assertThat(isBusy(PollEvents.POLLIN)).isTrue();
    SwSyncIoctl.increment(table, line, 2);
    assertThat(isBusy(PollEvents.POLLIN)).isFalse();
    assertThat(isBusy(PollEvents.POLLOUT)).isFalse();
    importInto(READ, fence(line, 1));
    assertThat(exported(RW)).as("of one that has completed").containsExactly("stub");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  @Row({"N4", "A/13"})
  void importMultiple(boolean write) {
    int lines = 32;
    int merged = -1;
    List<Integer> timelines = new ArrayList<>();
    for (int i = 0; i < lines; i++) {
      int line = timeline("line " + i);
      timelines.add(line);
      int one = fence(line, 1);
      importInto(write ? RW : READ, one);
      merged = merged < 0 ? one : SyncIoctl.merge(table, merged, one);
    }
    assertThat(buffer.resv().pending(Usage.READ)).hasSize(lines);
    assertThat(buffer.resv().pending(Usage.WRITE)).hasSize(write ? lines : 0);
    DmaBuf second = secondBuffer();
    try (SyncFile all = new SyncFile(SyncFile.fenceOf(table, merged).orElseThrow())) {
      second.importSyncFile(all, write);
    }
    assertThat(second.resv().entries())
        .as("containers are taken apart")
        .hasSize(lines)
        .noneMatch(entry -> entry.fence().kind().isContainer());
    for (int line : timelines) {
      assertThat(isBusy(PollEvents.POLLOUT)).isTrue();
      SwSyncIoctl.increment(table, line, 1);
    }
    assertThat(isBusy(PollEvents.POLLOUT)).isFalse();
    second.close();
  }

  private DmaBuf secondBuffer() {
    DmaBufRegistry other = framework.open("other exporter");
    return new RecordingExporter.Full(other, 4096).export(other);
  }

  /** The recorded scenario fence/import-replaces-same-timeline. */
  @Test
  @Row({"L/3", "K/5"})
  void fenceReplacesOneOfItsTimelineUnlessThatIsLaterOrStronger() {
    int line = timeline("line");
    int first = fence(line, 1);
    int second = fence(line, 2);
    importInto(WRITE, first);
    importInto(WRITE, second);
    assertThat(exported(WRITE)).hasSize(1);
    importInto(WRITE, fence(line, 1));
    assertThat(exported(WRITE)).hasSize(2);
    importInto(READ, second);
    assertThat(exported(READ)).as("writers are not weakened").hasSize(2);
  }

  @Test
  @Row({"A/8", "C/6"})
  void erroredFenceIsDoneAndLeftOut() {
    int line = timeline("line");
    importInto(WRITE, fence(line, 1));
    table.close(line);
    assertThat(exported(READ)).containsExactly("stub");
    buffer.beginCpuAccess(DmaDirection.BIDIRECTIONAL);
    buffer.endCpuAccess(DmaDirection.BIDIRECTIONAL);
  }

  @Test
  @Row("N4")
  void typedExportAndImport() {
    SyncTimeline line = client.timeline("line");
    DmaFence fence = line.fence(1);
    try (SyncFile file = new SyncFile(fence)) {
      buffer.importSyncFile(file, true);
    }
    try (SyncFile file = buffer.exportSyncFile(false)) {
      assertThat(FenceUnwrap.unwrap(file.fence())).containsExactly(fence);
    }
    buffer.resv().lock();
    try (SyncFile file = buffer.exportSyncFile(true)) {
      assertErrno(Errno.EALREADY, () -> buffer.importSyncFile(file, true));
    } finally {
      buffer.resv().unlock();
    }
    SyncFile left = new SyncFile(fence);
    table.close(fd);
    buffer.close();
    assertErrno(Errno.EBADF, () -> buffer.exportSyncFile(true));
    assertErrno(Errno.EBADF, () -> buffer.importSyncFile(left, true));
    left.close();
    line.close();
  }

  @Test
  @Row("L/4")
  void statusOfAnExportIsByContextsAndNotByTheOrderOfImports() {
    int older = timeline("older");
    int younger = timeline("younger");
    importInto(READ, fence(younger, 1));
    importInto(READ, fence(older, 1));
    int both = export(WRITE);
    assertThat(info(both).fences())
        .extracting(FenceInfo::timelineName)
        .containsExactly("younger", "older");
    table.close(younger);
    assertThat(info(both).status()).as("the older one is pending").isZero();
    table.close(older);
    assertThat(info(both).error()).contains(Errno.ENOENT);
  }
}
