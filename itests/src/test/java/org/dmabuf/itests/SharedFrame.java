package org.dmabuf.itests;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.Consumer;
import java.util.function.LongFunction;
import org.dmabuf.CpuMapping;
import org.dmabuf.DmaBuf;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.DmaDirection;
import org.dmabuf.format.FrameLayout;

/**
 * The buffer that devices share, as the program has it: by descriptor, with the picture that is to
 * be in it.
 *
 * @param maker makes another buffer of the same exporter, of so many bytes; returns its descriptor
 */
record SharedFrame(
    DmaBufRegistry registry,
    String exporter,
    FrameLayout layout,
    int fd,
    boolean flipped,
    LongFunction<Integer> maker) {

  /** Returns what is to be in it. */
  BarsFrame picture(long number) {
    return new BarsFrame(layout.format(), layout.width(), layout.height(), number, flipped);
  }

  /** Returns another buffer of the same exporter whose picture is upside down. */
  SharedFrame other() {
    return new SharedFrame(registry, exporter, layout, maker.apply(layout.size()), !flipped, maker);
  }

  /** Writes a frame by the CPU. */
  void fill(long number) {
    byte[] bytes = picture(number).bytes();
    map(DmaDirection.TO_DEVICE, mapping -> mapping.asByteBuffer(0, bytes.length).put(bytes));
  }

  /** Checks by the CPU that a frame is in it. */
  void holds(long number) {
    byte[] found = new byte[(int) layout.size()];
    map(DmaDirection.FROM_DEVICE, mapping -> mapping.asByteBuffer(0, found.length).get(found));
    assertThat(BarsFrame.checksum(found))
        .as("the checksum of frame " + number + " in the buffer of " + exporter)
        .isEqualTo(BarsFrame.checksum(picture(number).bytes()));
  }

  private void map(DmaDirection direction, Consumer<CpuMapping> use) {
    try (DmaBuf buffer = registry.get(registry.files(), fd);
        CpuMapping mapping = buffer.mmap(0, buffer.size(), direction.reads())) {
      buffer.beginCpuAccess(direction);
      use.accept(mapping);
      buffer.endCpuAccess(direction);
    }
  }

  void close() {
    registry.files().close(fd);
  }
}
