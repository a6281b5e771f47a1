package org.dmabuf.exporter.heap;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.dmabuf.Attachment;
import org.dmabuf.DmaBufCore;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.DmaDevice;
import org.dmabuf.DmaDirection;
import org.dmabuf.ExportPolicy;
import org.dmabuf.format.PixelFormat;
import org.dmabuf.negotiation.BufferRequest;
import org.dmabuf.negotiation.ExporterOffer;
import org.dmabuf.negotiation.ImporterNeeds;
import org.dmabuf.negotiation.NegotiatedBuffer;
import org.dmabuf.sg.SgTable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The heaps as those who ask for any buffer that suits them find them. */
class HeapsInNegotiationsTest {
  private static final BufferRequest FRAME = BufferRequest.frame(640, 480, PixelFormat.NV12);
  private static final long MIB = 1L << 20;

  private final DmaBufCore core = DmaBufCore.create();
  private final DmaBufRegistry driver = core.open("heaps");
  private final DmaBufRegistry user = core.open("user");

  private record Scattered(String dmabuf_exporter, boolean coherent, int dmabuf_cost)
      implements SystemHeapConfig {
    @Override
    public ExportPolicy policy() {
      return ExportPolicy.ADOPT;
    }

    @Override
    public Class<SystemHeapConfig> annotationType() {
      return SystemHeapConfig.class;
    }
  }

  private record Reserved(String dmabuf_exporter, long size_mib, boolean coherent, int dmabuf_cost)
      implements ReservedHeapConfig {
    @Override
    public ExportPolicy policy() {
      return ExportPolicy.ADOPT;
    }

    @Override
    public Class<ReservedHeapConfig> annotationType() {
      return ReservedHeapConfig.class;
    }
  }

  private void offerBoth(long regionMib) {
    core.catalog()
        .add(
            ExporterOffer.of(Map.of("dmabuf.exporter", "system", "dmabuf.cost", 0)),
            new SystemHeap(driver, new Scattered("system", true, 0)));
    core.catalog()
        .add(
            ExporterOffer.of(
                Map.of(
                    "dmabuf.exporter", "reserved", "dmabuf.cost", 10, "dmabuf.contiguous", true)),
            new ReservedHeap(driver, new Reserved("reserved", regionMib, true, 10)));
  }

  @AfterEach
  void close() {
    core.close();
  }

  @Test
  void shouldGiveScatteredPagesToThoseWhoCanGather() {
    offerBoth(1);
    DmaDevice camera = DmaDevice.named("camera");
    try (NegotiatedBuffer made = user.allocate(FRAME, ImporterNeeds.of(camera))) {
      assertThat(made.buffer().exporterName()).isEqualTo("system");
      assertThat(made.buffer().size()).isEqualTo(made.candidate().bytes());
    }
  }

  @Test
  void shouldGiveOneRunToADeviceThatNeedsIt() {
    offerBoth(1);
    DmaDevice tuner = DmaDevice.builder("tuner").contiguous().build();
    try (NegotiatedBuffer made = user.allocate(FRAME, ImporterNeeds.of(tuner));
        Attachment attachment = made.buffer().attach(tuner)) {
      assertThat(made.buffer().exporterName()).isEqualTo("reserved");
      SgTable table = attachment.mapUnlocked(DmaDirection.FROM_DEVICE);
      assertThat(table.contiguousSize()).isEqualTo(made.buffer().size());
      attachment.unmapUnlocked(table);
    }
  }

  @Test
  void shouldTakeTheOtherHeapWhenARegionIsFull() {
    core.catalog()
        .add(
            ExporterOffer.of(Map.of("dmabuf.exporter", "reserved", "dmabuf.contiguous", true)),
            new ReservedHeap(driver, new Reserved("reserved", 1, true, 0)));
    core.catalog()
        .add(
            ExporterOffer.of(Map.of("dmabuf.exporter", "system", "dmabuf.cost", 1)),
            new SystemHeap(driver, new Scattered("system", true, 1)));
    ImporterNeeds camera = ImporterNeeds.of(DmaDevice.named("camera"));
    try (NegotiatedBuffer all = user.allocate(BufferRequest.bytes(MIB), camera);
        NegotiatedBuffer other = user.allocate(FRAME, camera)) {
      assertThat(all.buffer().exporterName()).isEqualTo("reserved");
      assertThat(other.buffer().exporterName()).isEqualTo("system");
      assertThat(other.failures())
          .singleElement()
          .asString()
          .startsWith("reserved failed with ENOMEM");
    }
  }
}
