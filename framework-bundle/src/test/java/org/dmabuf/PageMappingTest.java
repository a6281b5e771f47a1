package org.dmabuf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.dmabuf.Errnos.assertErrno;

import java.lang.foreign.ValueLayout;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

@Row("U6")
class PageMappingTest {
  private static final int PAGE = RecordingExporter.PAGE;

  @RegisterExtension final Framework framework = new Framework();
  private DmaBufRegistry registry;
  private RecordingExporter exporter;
  private DmaBuf handle;

  @BeforeEach
  void export() {
    registry = framework.open("client");
    exporter = new RecordingExporter.Full(registry, 3L * PAGE);
    // Of the last page, 100 bytes belong to the buffer.
    handle =
        registry.export(ExportInfo.of("pages", 2L * PAGE + 100, exporter, ExportPolicy.REVOKE));
  }

  private void begin() {
    handle.beginCpuAccess(DmaDirection.BIDIRECTIONAL);
  }

  private void end() {
    handle.endCpuAccess(DmaDirection.BIDIRECTIONAL);
  }

  @Test
  void pageIsMappedBetweenBeginAndEnd() {
    begin();
    PageMapping page = handle.kmap(1);
    assertThat(page.page()).isEqualTo(1);
    assertThat(page.segment().byteSize()).isEqualTo(PAGE);
    page.segment().set(ValueLayout.JAVA_BYTE, 0, (byte) 7);
    try (CpuMapping whole = handle.mmap(0, 2L * PAGE, false)) {
      assertThat(whole.segment().get(ValueLayout.JAVA_BYTE, PAGE)).isEqualTo((byte) 7);
    }
    assertThat(framework.holdings().mappings()).isEqualTo(1);
    page.close();
    page.close();
    assertThat(framework.holdings().mappings()).isZero();
    end();
    assertThat(exporter.taken())
        .containsExactly(
            "begin(BIDIRECTIONAL)", "kmap(1)", "mmap", "kunmap(1)", "end(BIDIRECTIONAL)");
    handle.close();
  }

  @Test
  void lastPageEndsWithTheBuffer() {
    begin();
    assertThat(handle.kmap(2).segment().byteSize()).isEqualTo(100);
    end();
    handle.close();
  }

  @Test
  void endUnmapsWhatIsLeftBeforeTheExporterMayMoveIt() {
    begin();
    begin();
    PageMapping page = handle.kmap(0);
    end();
    page.segment().get(ValueLayout.JAVA_BYTE, 0);
    exporter.taken();
    end();
    assertThat(exporter.taken()).containsExactly("kunmap(0)", "end(BIDIRECTIONAL)");
    assertThatIllegalStateException()
        .isThrownBy(() -> page.segment().get(ValueLayout.JAVA_BYTE, 0));
    end();
    begin();
    handle.kmap(0).close();
    end();
    handle.close();
  }

  @Test
  void closeOfTheHandleUnmapsAsWell() {
    begin();
    PageMapping page = handle.kmap(0);
    handle.close();
    assertThat(exporter.taken())
        .containsExactly("begin(BIDIRECTIONAL)", "kmap(0)", "kunmap(0)", "release");
    assertThatIllegalStateException()
        .isThrownBy(() -> page.segment().get(ValueLayout.JAVA_BYTE, 0));
    assertErrno(Errno.EBADF, () -> handle.kmap(0));
  }

  @Test
  void storageThatMayMoveIsNotMapped() {
    assertErrno(Errno.EINVAL, () -> handle.kmap(0));
    begin();
    end();
    assertErrno(Errno.EINVAL, () -> handle.kmap(0));
    assertThat(exporter.taken()).doesNotContain("kmap(0)");
    handle.close();
  }

  @Test
  void exportersFailuresLeaveNothing() {
    begin();
    exporter.nullTable = true;
    assertErrno(Errno.ENOMEM, () -> handle.kmap(0));
    exporter.nullTable = false;
    exporter.failing.add("kmap");
    assertErrno(Errno.EBUSY, () -> handle.kmap(0));
    exporter.failing.clear();
    exporter.failing.add("kunmap");
    exporter.failure = () -> new IllegalStateException("planted");
    handle.kmap(0).close();
    assertThat(LogRecorder.lines()).anyMatch(line -> line.contains("kunmap"));
    assertThat(framework.holdings().mappings()).isZero();
    end();
    handle.close();
    RecordingExporter plain = RecordingExporter.of(registry, false);
    DmaBuf without = plain.export(registry);
    without.beginCpuAccess(DmaDirection.FROM_DEVICE);
    assertErrno(Errno.EINVAL, () -> without.kmap(0));
    without.close();
  }

  @Test
  void adoptedBufferHasPagesToo() {
    DmaBufRegistry leaving = framework.open("leaving");
    RecordingExporter.Full full = new RecordingExporter.Full(leaving, 2L * PAGE);
    DmaBuf theirs = registry.adopt(full.export(leaving, ExportPolicy.ADOPT, false));
    theirs.beginCpuAccess(DmaDirection.BIDIRECTIONAL);
    framework.core().close(leaving);
    theirs.kmap(1).segment().set(ValueLayout.JAVA_BYTE, 0, (byte) 3);
    assertThat(theirs.kmap(1).segment().get(ValueLayout.JAVA_BYTE, 0)).isEqualTo((byte) 3);
    theirs.close();
    handle.close();
  }

  @Test
  void noNumberBeyondThePagesIsOne() {
    begin();
    Random random = new Random(20261121);
    for (int i = 0; i < 5_000; i++) {
      long page = random.nextLong() >> random.nextInt(64);
      if (page < 0 || page > 2) {
        assertErrno(Errno.EINVAL, () -> handle.kmap(page));
      }
    }
    for (long page : new long[] {3, -1, Long.MAX_VALUE, Long.MIN_VALUE, Long.MAX_VALUE / PAGE}) {
      assertErrno(Errno.EINVAL, () -> handle.kmap(page));
    }
    end();
    handle.close();
    RecordingExporter none = RecordingExporter.of(registry, false);
    DmaBuf empty = registry.export(ExportInfo.of("empty", 0, none, ExportPolicy.REVOKE));
    empty.beginCpuAccess(DmaDirection.FROM_DEVICE);
    assertErrno(Errno.EINVAL, () -> empty.kmap(0));
    empty.close();
  }
}
