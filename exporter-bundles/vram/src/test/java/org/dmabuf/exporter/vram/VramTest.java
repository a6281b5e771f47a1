package org.dmabuf.exporter.vram;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.dmabuf.Attachment;
import org.dmabuf.CpuMapping;
import org.dmabuf.DmaBuf;
import org.dmabuf.DmaBufCore;
import org.dmabuf.DmaBufException;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.DmaConstraints;
import org.dmabuf.DmaDevice;
import org.dmabuf.DmaDirection;
import org.dmabuf.Errno;
import org.dmabuf.ExportPolicy;
import org.dmabuf.Holdings;
import org.dmabuf.ImporterOps;
import org.dmabuf.ManualClock;
import org.dmabuf.file.FileTable;
import org.dmabuf.format.Modifier;
import org.dmabuf.gem.GemClient;
import org.dmabuf.gem.placement.MoveEngine;
import org.dmabuf.memory.FrameView;
import org.dmabuf.negotiation.BufferSpec;
import org.dmabuf.resv.Usage;
import org.dmabuf.sg.SgTable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A driver whose buffers move: its configuration, and what its stop leaves of them. */
final class VramTest {
  private static final int PAGE = 4096;
  private static final int PAGES = 16;
  private static final Duration BOUND = Duration.ofSeconds(30);

  private record Config(
      String dmabuf_node, String dmabuf_exporter, long size_kib, ExportPolicy policy)
      implements VramConfig {
    @Override
    public Class<VramConfig> annotationType() {
      return VramConfig.class;
    }
  }

  private record Reaching(boolean allowPeerToPeer) implements ImporterOps {
    @Override
    public void moveNotify(Attachment attachment) {
      assertThat(attachment.resv().isHeld()).isTrue();
    }
  }

  private final DmaBufCore core = DmaBufCore.create(new ManualClock(), 64L << 20, Duration.ZERO);
  private final DmaBufRegistry program = core.open("program");
  private final FileTable files = program.files();
  private final DmaBufRegistry subsystem = core.open("subsystem");
  private final MoveEngine engine = new MoveEngine(subsystem);
  private DmaBufRegistry driver = core.open("vram's bundle");

  @AfterEach
  void close() {
    core.close(program);
    core.close(driver);
    engine.close();
    core.close(subsystem);
    assertThat(program.holdings()).isEqualTo(new Holdings(0, 0, 0, 0, 0, 0));
    core.close();
  }

  @Test
  void shouldExportBuffersOfWholePagesThatAreAllThatIsLeft() {
    Vram vram = vram(ExportPolicy.ADOPT);
    DmaBuf buffer = vram.allocate(spec(3L * PAGE + 1), files);
    assertThat(buffer.size()).isEqualTo(4L * PAGE);
    assertThat(buffer.isDynamic()).isTrue();
    assertThat(buffer.exporterName()).isEqualTo("drm");
    assertThat(files.size()).isZero();
    buffer.close();
    assertErrno(Errno.EINVAL, () -> vram.allocate(spec(0), files));
    stop(vram);
    assertErrno(Errno.ENODEV, () -> vram.allocate(spec(PAGE), files));
    assertThat(program.holdings().bytes()).isZero();
  }

  @Test
  void shouldRefuseNamesAndSizesThatCannotBe() {
    assertErrno(Errno.EINVAL, () -> new Vram(driver, engine, config("", "vram", 64)));
    assertErrno(Errno.EINVAL, () -> new Vram(driver, engine, config("vram", "", 64)));
    for (long kib : new long[] {-1, 0, 3, (1L << 32) + 1, Long.MAX_VALUE}) {
      assertErrno(Errno.EINVAL, () -> new Vram(driver, engine, config("vram", "vram", kib)));
    }
    Vram vram = new Vram(driver, engine, config("vram", "vram", 64));
    assertErrno(Errno.EINVAL, () -> new Vram(driver, engine, config("vram", "vram", 64)));
    stop(vram);
  }

  @ParameterizedTest
  @EnumSource(ExportPolicy.class)
  void shouldLeaveBuffersWithWhatIsInThemUnlessTheyAreTakenAway(ExportPolicy policy) {
    Vram vram = vram(policy);
    try (GemClient client = GemClient.open(vram, files);
        DmaBuf buffer = program.get(client.createDumb(PAGE, 1, 8).export(true));
        Attachment screen = buffer.attach(DmaDevice.named("screen"), new Reaching(true));
        Attachment camera = buffer.attach(DmaDevice.named("camera"), new Reaching(false))) {
      SgTable old = camera.mapUnlocked(DmaDirection.FROM_DEVICE);
      view(camera, old).fill(0, PAGE, (byte) 8);
      camera.unmapUnlocked(old);
      SgTable there = screen.mapUnlocked(DmaDirection.TO_DEVICE);
      stop(vram);
      assertThat(buffer.resv().await(Usage.KERNEL, BOUND)).isTrue();
      // What is mapped stays valid whatever becomes of the buffer.
      assertHolds(view(screen, there), 8);
      if (policy == ExportPolicy.ADOPT) {
        SgTable adopted = camera.mapUnlocked(DmaDirection.TO_DEVICE);
        assertHolds(view(camera, adopted), 8);
        try (CpuMapping cpu = buffer.mmap(0, PAGE, false)) {
          assertThat(cpu.load(0)).isEqualTo(8);
        }
      } else {
        assertErrno(Errno.ENODEV, () -> camera.mapUnlocked(DmaDirection.TO_DEVICE));
      }
    }
  }

  @Test
  void shouldGoOnWithTheSameRegionAfterAnUpdate() {
    Vram old = vram(ExportPolicy.ADOPT);
    DmaBuf kept = program.adopt(old.allocate(spec(PAGE), files));
    stop(old);
    driver = core.open("vram's next bundle");
    Vram next = vram(ExportPolicy.ADOPT);
    DmaBuf fresh = next.allocate(spec(PAGE), files);
    assertThat(fresh.isDynamic()).isTrue();
    fresh.close();
    kept.close();
    stop(next);
  }

  private Vram vram(ExportPolicy policy) {
    return new Vram(driver, engine, new Config("vram", "vram", PAGES * 4L, policy));
  }

  private static Config config(String node, String exporter, long kib) {
    return new Config(node, exporter, kib, ExportPolicy.ADOPT);
  }

  private static BufferSpec spec(long bytes) {
    return new BufferSpec(
        "",
        bytes,
        Optional.empty(),
        Modifier.LINEAR,
        0,
        0,
        1,
        Optional.empty(),
        DmaConstraints.NONE);
  }

  private FrameView view(Attachment attachment, SgTable table) {
    return new FrameView(attachment.access(table), program.meter());
  }

  private static void assertHolds(FrameView view, int value) {
    byte[] all = new byte[PAGE];
    view.read(0, all, 0, PAGE);
    assertThat(all).containsOnly(value);
  }

  /** As when the bundle of the driver stops. */
  private void stop(Vram vram) {
    core.leave(driver);
    vram.stop();
    core.close(driver);
  }

  private static void assertErrno(Errno expected, ThrowingCallable call) {
    assertThatExceptionOfType(DmaBufException.class)
        .isThrownBy(call)
        .satisfies(
            refused -> assertThat(refused.errno()).as(refused.sentence()).isEqualTo(expected));
  }
}
