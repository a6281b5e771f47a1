package org.dmabuf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.dmabuf.Errnos.assertErrno;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import org.dmabuf.debug.Violation;
import org.dmabuf.sg.DmaRange;
import org.dmabuf.sg.SgTable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What devices get of a buffer in debug mode, and out of it. */
class DebugModeTest {
  private static final DmaDevice DEVICE = DmaDevice.named("device");

  private DmaBufCore core;
  private DmaBufRegistry registry;

  @BeforeEach
  void open() {
    LogRecorder.clear();
    open(true);
  }

  private void open(boolean debug) {
    core = DmaBufCore.create(DmaBufOptions.defaults().withDebug(debug));
    registry = core.open("client");
  }

  @AfterEach
  void close() {
    core.close();
  }

  @Test
  @Row("P9")
  void importerSeesAddressesOnly() {
    DmaBuf buffer = RecordingExporter.of(registry, false).export(registry);
    Attachment attachment = buffer.attach(DEVICE);
    SgTable table = attachment.mapUnlocked(DmaDirection.BIDIRECTIONAL);

    assertErrno(Errno.EACCES, table::segments);
    assertErrno(Errno.EACCES, table::entries);
    assertErrno(Errno.EACCES, () -> table.asReadOnly().segments());
    assertErrno(Errno.EACCES, () -> table.view().entries());

    MemorySegment memory = attachment.access(table).getFirst();
    assertThat(table.ranges()).containsExactly(new DmaRange(memory.address(), 8192));
    assertThat(table.size()).isEqualTo(8192);
    assertThat(table.contiguousSize()).isEqualTo(8192);
    assertThat(table.hasMemory()).isTrue();
    long[] addresses = new long[2];
    assertThat(table.toAddresses(4096, addresses)).isEqualTo(2);
    assertThat(addresses).containsExactly(memory.address(), memory.address() + 4096);
    attachment.unmapUnlocked(table);
  }

  @Test
  @Row("P9")
  void outsideDebugModeTheTableHasItsMemory() {
    core.close();
    open(false);
    DmaBuf buffer = RecordingExporter.of(registry, false).export(registry);
    Attachment attachment = buffer.attach(DEVICE);
    SgTable table = attachment.mapUnlocked(DmaDirection.BIDIRECTIONAL);
    assertThat(attachment.access(table)).isEqualTo(table.segments());
    attachment.unmapUnlocked(table);
    assertErrno(Errno.EINVAL, () -> attachment.access(table));
    assertThat(registry.violations()).isEmpty();
  }

  @Test
  void useAfterUnmapThrowsAtItsLine() {
    DmaBuf buffer = RecordingExporter.of(registry, false).export(registry);
    Attachment attachment = buffer.attach(DEVICE);
    Attachment other = buffer.attach(DmaDevice.named("other"));
    SgTable table = attachment.mapUnlocked(DmaDirection.FROM_DEVICE);
    SgTable others = other.mapUnlocked(DmaDirection.TO_DEVICE);
    MemorySegment memory = attachment.access(table).getFirst();
    MemorySegment seen = other.access(others).getFirst();
    memory.set(ValueLayout.JAVA_BYTE, 8191, (byte) 42);
    assertThat(seen.get(ValueLayout.JAVA_BYTE, 8191)).isEqualTo((byte) 42);
    assertThat(seen.isReadOnly()).isTrue();

    attachment.unmapUnlocked(table);

    assertThatIllegalStateException()
        .isThrownBy(() -> memory.get(ValueLayout.JAVA_BYTE, 0))
        .satisfies(
            thrown ->
                assertThat(thrown.getStackTrace())
                    .anySatisfy(
                        frame -> assertThat(frame.getMethodName()).contains("useAfterUnmap")));
    assertErrno(Errno.EINVAL, () -> attachment.access(table));
    assertThat(seen.get(ValueLayout.JAVA_BYTE, 8191)).as("another's lives on").isEqualTo((byte) 42);
    other.detach();
    assertThatIllegalStateException().isThrownBy(() -> seen.get(ValueLayout.JAVA_BYTE, 0));
  }

  /** Cached: a map more gives the same, and it ends with the detach. */
  @Test
  void mappingThatIsKeptLivesUntilDetach() {
    DmaBuf buffer =
        RecordingExporter.of(registry, false).export(registry, ExportPolicy.REVOKE, true);
    Attachment attachment = buffer.attach(DEVICE);
    SgTable table = attachment.mapUnlocked(DmaDirection.FROM_DEVICE);
    MemorySegment memory = attachment.access(table).getFirst();
    attachment.unmapUnlocked(table);
    memory.set(ValueLayout.JAVA_BYTE, 0, (byte) 1);
    attachment.detach();
    assertThatIllegalStateException()
        .isThrownBy(() -> memory.set(ValueLayout.JAVA_BYTE, 0, (byte) 1));
  }

  @Test
  void mappingEndsAlsoWithItsExporterGone() {
    DmaBufRegistry importerSide = core.open("importer");
    DmaBuf own = RecordingExporter.of(registry, false).export(registry);
    Attachment attachment = importerSide.adopt(own).attach(DEVICE);
    SgTable table = attachment.mapUnlocked(DmaDirection.FROM_DEVICE);
    MemorySegment memory = attachment.access(table).getFirst();
    core.close(registry);
    memory.set(ValueLayout.JAVA_BYTE, 0, (byte) 1);
    attachment.unmapUnlocked(table);
    assertThatIllegalStateException()
        .isThrownBy(() -> memory.set(ValueLayout.JAVA_BYTE, 0, (byte) 1));
  }

  @Test
  void directionNoneGivesNoMemory() {
    Attachment attachment = RecordingExporter.of(registry, false).export(registry).attach(DEVICE);
    SgTable table = attachment.mapUnlocked(DmaDirection.NONE);
    assertThat(attachment.access(table)).isEmpty();
    assertThat(table.entries()).isEmpty();
    assertThat(table.ranges()).hasSize(1);
  }

  @Test
  @Row("P6")
  void tableThatIsNotOfWholePagesIsToldOfAndUsed() {
    RecordingExporter exporter =
        new RecordingExporter(registry, 8192) {
          @Override
          public SgTable map(Attachment attachment, DmaDirection direction) {
            MemorySegment whole = store.table(true).segments().getFirst();
            return SgTable.of(
                List.of(
                    new SgTable.Entry(whole.address(), whole.asSlice(0, 4096)),
                    new SgTable.Entry(whole.address() + 4096, whole.asSlice(4096, 100))),
                () -> {});
          }
        };
    Attachment attachment = exporter.export(registry).attach(DEVICE);
    SgTable table = attachment.mapUnlocked(DmaDirection.TO_DEVICE);
    assertThat(table.size()).isEqualTo(4196);
    assertThat(registry.violations())
        .singleElement()
        .satisfies(
            found -> {
              assertThat(found.rule()).isEqualTo(Violation.Rule.UNALIGNED);
              assertThat(found.what()).contains("recorder", "device", "100 bytes");
            });
    assertThat(LogRecorder.lines()).anySatisfy(line -> assertThat(line).contains("UNALIGNED"));
  }
}
