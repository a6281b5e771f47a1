package org.dmabuf;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.dmabuf.sg.DmaRange;
import org.dmabuf.sg.SgTable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * An exporter whose memory is reached by other runs of addresses than its pieces was refused to
 * devices that need shorter runs, or sit behind an IOMMU, with an exception that was none of ours.
 */
@Row("N9")
class RunsUnlikeThePiecesOfMemoryTest {
  private static final int PAGE = 4096;
  private static final long HIGH = 0x10_0000;

  @RegisterExtension final Framework framework = new Framework();
  private final MemorySegment first = MemorySegment.ofArray(new byte[PAGE]);
  private final MemorySegment rest = MemorySegment.ofArray(new byte[3 * PAGE]);
  private List<DmaRange> runs = List.of(new DmaRange(HIGH, 4 * PAGE));
  private DmaBuf buffer;

  @BeforeEach
  void export() {
    DmaBufRegistry registry = framework.open("exporter");
    RecordingExporter exporter =
        new RecordingExporter(registry, 4 * PAGE) {
          @Override
          public SgTable map(Attachment attachment, DmaDirection direction) {
            return SgTable.of(
                List.of(new SgTable.Entry(HIGH, first), new SgTable.Entry(HIGH + PAGE, rest)),
                runs,
                () -> {});
          }
        };
    buffer = exporter.export(registry);
  }

  private void assertMapped(DmaDevice device, DmaRange... expected) {
    try (Attachment attachment = buffer.attach(device)) {
      SgTable table = attachment.mapUnlocked(DmaDirection.BIDIRECTIONAL);
      assertThat(table.ranges()).containsExactly(expected);
      assertThat(attachment.access(table)).isEqualTo(table.segments());
      long bytes = 0;
      for (SgTable.Entry entry : table.entries()) {
        assertThat(entry.address())
            .as("the runs follow each other")
            .isEqualTo(expected[0].address() + bytes);
        MemorySegment segment = entry.segment();
        MemorySegment from = bytes < PAGE ? first : rest;
        long offset = bytes < PAGE ? bytes : bytes - PAGE;
        assertThat(segment).isEqualTo(from.asSlice(offset, segment.byteSize()));
        bytes += segment.byteSize();
      }
      assertThat(bytes).isEqualTo(4 * PAGE);
      attachment.unmapUnlocked(table);
    } finally {
      buffer.close();
    }
  }

  @Test
  void runIsCutAcrossPiecesOfMemory() {
    assertMapped(
        DmaDevice.builder("short runs").maxSegment(2 * PAGE).build(),
        new DmaRange(HIGH, 2 * PAGE),
        new DmaRange(HIGH + 2 * PAGE, 2 * PAGE));
  }

  @Test
  void oneRunOfSeveralPiecesIsTranslated() {
    assertMapped(
        DmaDevice.builder("device").iommu(Iommu.of("small", 0, 16 * PAGE)).build(),
        new DmaRange(0, 4 * PAGE));
  }

  @Test
  void severalRunsOfOnePieceAreTranslated() {
    runs =
        List.of(
            new DmaRange(HIGH, PAGE),
            new DmaRange(3 * HIGH, 2 * PAGE),
            new DmaRange(2 * HIGH, PAGE));
    assertMapped(
        DmaDevice.builder("device").iommu(Iommu.of("small", PAGE, 16 * PAGE)).build(),
        new DmaRange(PAGE, 4 * PAGE));
  }
}
