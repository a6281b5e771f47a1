package org.dmabuf.exporter.gem;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dmabuf.exporter.gem.VgemRig.PAGE;

import java.time.Duration;
import java.util.concurrent.Callable;
import org.dmabuf.CpuMapping;
import org.dmabuf.DmaBuf;
import org.dmabuf.DmaBufIoctl;
import org.dmabuf.file.FileTable;
import org.dmabuf.gem.GemFenceIoctl;
import org.dmabuf.gem.GemIoctl;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * IGT's prime_vgem by the names of its cases: a vgem buffer in the hands of a device that computes
 * (in Linux i915). Its aperture, "gtt", is the importer's own CPU mapping here; the flips are shown
 * where the display is.
 */
final class PrimeVgemTest {
  private static final int PAGES = 8;
  private static final long BYTES = (long) PAGES * PAGE;
  private static final long EXPIRY = Duration.ofSeconds(10).toNanos();
  private static final int WRITE = GemFenceIoctl.WRITE;

  private final VgemRig rig = new VgemRig();
  private final FileTable files = rig.files;
  private final int device = rig.open(rig.vgem);
  private final int object = rig.create(device, PAGES);
  private final int fd = rig.share(device, object);
  private final CpuMapping vgem = GemIoctl.mmapDumb(files, device, object, BYTES);
  private final Engine engine = new Engine(rig.otherDriver);
  private final Engine.Surface imported = engine.surface(rig, fd);
  private final int scratchFd = rig.share(device, rig.create(device, PAGES));
  private final Engine.Surface scratch = engine.surface(rig, scratchFd);
  private final CpuMapping scratchMap = rig.map(scratchFd, BYTES);

  @AfterEach
  void close() {
    imported.close();
    scratch.close();
    engine.close();
    rig.close();
  }

  @Test
  @Row("G2")
  void basic_read() {
    for (int page = 0; page < PAGES; page++) {
      vgem.store((long) page * PAGE, page + 1);
    }
    engine.copy(imported, scratch, BYTES);
    for (int page = 0; page < PAGES; page++) {
      assertThat(scratchMap.load((long) page * PAGE)).isEqualTo(page + 1);
    }
  }

  @Test
  @Row("G2")
  void basic_write() {
    for (int page = 0; page < PAGES; page++) {
      scratchMap.store((long) page * PAGE, 0x80 + page);
    }
    engine.copy(scratch, imported, BYTES);
    for (int page = 0; page < PAGES; page++) {
      assertThat(vgem.load((long) page * PAGE)).isEqualTo(0x80 + page);
    }
  }

  @Test
  @Row("G3")
  void basic_gtt() {
    try (DmaBuf buffer = rig.otherDriver.get(files, fd);
        CpuMapping gtt = buffer.mmap(0, BYTES, true)) {
      gtt.store(BYTES - 1, 3);
      assertThat(vgem.load(BYTES - 1)).isEqualTo(3);
      vgem.store(BYTES - 1, 4);
      assertThat(gtt.load(BYTES - 1)).isEqualTo(4);
    }
  }

  @Test
  @Row("G2")
  void basic_blt() {
    vgem.store(5, 55);
    engine.copy(imported, scratch, BYTES);
    scratchMap.store(5, 66);
    engine.copy(scratch, imported, BYTES);
    assertThat(vgem.load(5)).isEqualTo(66);
  }

  /** Many more than fit at once, each imported and dropped. */
  @Test
  @Row("M6")
  void shrink() {
    int other = rig.open(rig.other);
    int large = 4096;
    for (int i = 0; i < 32; i++) {
      int handle = rig.create(device, large);
      int shared = rig.share(device, handle);
      int taken = rig.take(other, shared);
      files.close(shared);
      GemIoctl.close(files, device, handle);
      GemIoctl.close(files, other, taken);
    }
    assertThat(rig.program.buffers()).hasSize(2);
  }

  @Test
  @Row("U3")
  void coherency_gtt() {
    try (DmaBuf buffer = rig.otherDriver.get(files, fd);
        CpuMapping gtt = buffer.mmap(0, BYTES, true)) {
      for (int i = 0; i < 256; i++) {
        long at = i * 61L % BYTES;
        (i % 2 == 0 ? gtt : vgem).store(at, i);
        assertThat((i % 2 == 0 ? vgem : gtt).load(at)).isEqualTo(i);
      }
    }
  }

  @Test
  @Row("U3")
  void coherency_blt() {
    for (int i = 1; i < 64; i++) {
      vgem.store(i, i);
      engine.copy(imported, scratch, BYTES);
      assertThat(scratchMap.load(i)).isEqualTo(i);
      scratchMap.store(i, i + 100);
      engine.copy(scratch, imported, BYTES);
      assertThat(vgem.load(i)).isEqualTo(i + 100);
    }
  }

  @Test
  @Row({"C/7", "P7"})
  void basic_fence_read() throws Exception {
    waitsForTheWriter(this::readByTheEngine);
  }

  @Test
  @Row({"C/7", "U1"})
  void basic_fence_mmap() throws Exception {
    waitsForTheWriter(
        () -> {
          DmaBufIoctl.sync(files, fd, DmaBufIoctl.SYNC_START | DmaBufIoctl.SYNC_READ);
          try (CpuMapping mapping = rig.map(fd, PAGE)) {
            return mapping.load(0);
          } finally {
            DmaBufIoctl.sync(files, fd, DmaBufIoctl.SYNC_END | DmaBufIoctl.SYNC_READ);
          }
        });
  }

  @Test
  @Row({"C/7", "P7"})
  void basic_fence_blt() throws Exception {
    int reader = GemFenceIoctl.attach(files, device, object, 0);
    scratchMap.store(0, 77);
    VgemRig.Running blit = VgemRig.start(this::writeByTheEngine).awaitParked();
    assertThat(vgem.load(0)).as("what the reader sees").isZero();
    GemFenceIoctl.signal(files, device, reader);
    blit.join();
    assertThat(vgem.load(0)).isEqualTo(77);
  }

  @Test
  @Row("C/7")
  void fence_read_hang() throws Exception {
    GemFenceIoctl.attach(files, device, object, WRITE);
    vgem.store(0, 9);
    expires(this::readByTheEngine);
    assertThat(scratchMap.load(0)).isEqualTo(9);
  }

  @Test
  @Row("C/7")
  void fence_write_hang() throws Exception {
    GemFenceIoctl.attach(files, device, object, 0);
    scratchMap.store(0, 8);
    expires(this::writeByTheEngine);
    assertThat(vgem.load(0)).isEqualTo(8);
  }

  private void waitsForTheWriter(Callable<Object> read) throws Exception {
    int writer = GemFenceIoctl.attach(files, device, object, WRITE);
    VgemRig.Running reading = VgemRig.start(read).awaitParked();
    vgem.store(0, 33);
    GemFenceIoctl.signal(files, device, writer);
    assertThat(reading.join()).isEqualTo(33);
  }

  private void expires(Callable<Object> work) throws Exception {
    VgemRig.Running hanging = VgemRig.start(work).awaitParked();
    rig.clock.advance(EXPIRY - 1);
    hanging.awaitParked();
    rig.clock.advance(1);
    hanging.join();
  }

  private Object readByTheEngine() {
    engine.copy(imported, scratch, BYTES);
    return scratchMap.load(0);
  }

  private Object writeByTheEngine() {
    engine.copy(scratch, imported, BYTES);
    return null;
  }
}
