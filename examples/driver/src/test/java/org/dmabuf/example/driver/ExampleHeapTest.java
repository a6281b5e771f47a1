package org.dmabuf.example.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.dmabuf.Attachment;
import org.dmabuf.DmaBuf;
import org.dmabuf.DmaBufCore;
import org.dmabuf.DmaBufException;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.DmaDevice;
import org.dmabuf.DmaDirection;
import org.dmabuf.Holdings;
import org.dmabuf.heap.HeapDevice;
import org.dmabuf.sg.SgTable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The example works, in plain Java: no OSGi is needed to test a driver. */
final class ExampleHeapTest {
  private static final long BYTES = 100_000;

  private final DmaBufCore core = DmaBufCore.create();
  private final DmaBufRegistry driver = core.open("driver");
  private final DmaBufRegistry user = core.open("user");
  private final HeapDevice heap = new ExampleHeap(driver);

  @AfterEach
  void close() {
    core.close();
  }

  @Test
  void shouldLetTwoDevicesShareABuffer() {
    int fd = heap.allocate(user.files(), BYTES, HeapDevice.O_CLOEXEC, 0);
    try (DmaBuf buffer = user.get(fd);
        Attachment camera = buffer.attach(DmaDevice.named("camera"));
        Attachment screen = buffer.attach(DmaDevice.named("screen"))) {
      SgTable written = camera.mapUnlocked(DmaDirection.FROM_DEVICE);
      SgTable read = screen.mapUnlocked(DmaDirection.TO_DEVICE);
      MemorySegment target = written.segments().getLast();
      MemorySegment seen = read.segments().getLast();

      target.set(ValueLayout.JAVA_BYTE, target.byteSize() - 1, (byte) 42);

      assertThat(buffer.exporterName()).isEqualTo("example");
      assertThat(buffer.size()).isGreaterThanOrEqualTo(BYTES);
      assertThat(read.size()).isEqualTo(buffer.size());
      assertThat(seen.get(ValueLayout.JAVA_BYTE, seen.byteSize() - 1)).isEqualTo((byte) 42);
      assertThat(seen.isReadOnly()).as("a device that only reads").isTrue();
      camera.unmapUnlocked(written);
      screen.unmapUnlocked(read);
    }
    user.files().close(fd);
    assertThat(user.holdings()).isEqualTo(new Holdings(0, 0, 0, 0, 0, 0));
  }

  @Test
  void shouldLeaveBuffersToTheirUsersWhenItGoes() {
    int fd = heap.allocate(user.files(), BYTES, HeapDevice.O_CLOEXEC, 0);

    core.close(driver);

    assertThat(user.buffers())
        .singleElement()
        .satisfies(buffer -> assertThat(buffer.state()).isEqualTo("ADOPTED"));
    try (DmaBuf buffer = user.get(fd);
        Attachment late = buffer.attach(DmaDevice.named("late"))) {
      SgTable table = late.mapUnlocked(DmaDirection.BIDIRECTIONAL);
      assertThat(table.size()).isEqualTo(buffer.size());
      late.unmapUnlocked(table);
    }
    user.files().close(fd);
    assertThat(user.holdings()).isEqualTo(new Holdings(0, 0, 0, 0, 0, 0));
  }

  @Test
  void shouldGiveThePagesBackWhenTheExportIsRefused() {
    core.leave(driver);

    assertThatThrownBy(() -> heap.allocate(user.files(), BYTES, 0, 0))
        .isInstanceOf(DmaBufException.class);
    assertThat(user.holdings().bytes()).isZero();
  }
}
