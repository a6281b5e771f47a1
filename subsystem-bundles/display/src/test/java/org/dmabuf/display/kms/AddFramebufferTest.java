package org.dmabuf.display.kms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dmabuf.display.kms.KmsRig.errnoOf;

import java.util.List;
import java.util.OptionalLong;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.dmabuf.display.Row;
import org.dmabuf.display.kms.FramebufferRequest.Part;
import org.dmabuf.format.Modifier;
import org.dmabuf.format.PixelFormat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a framebuffer may be, and in which order that is looked at. */
final class AddFramebufferTest {
  private static final int XR24 = PixelFormat.XRGB8888.drmFourcc();

  private final KmsRig rig = new KmsRig();
  private final TestMemory memory = rig.memory();

  @AfterEach
  void close() {
    rig.close();
  }

  @Test
  @Row({"F/1", "L/24"})
  void shouldNameWhatIsWrongInLinuxsOrder() {
    FramebufferMemory.Source none = new Nothing(true);
    FramebufferMemory.Source unknown = new Nothing(false);
    assertThat(errno(0, 16, 0x5a5a5a5a, none, 0, 0, 1)).isEqualTo(Errno.EINVAL);
    assertThat(errno(3, 16, XR24, none, 0, 0, 1)).as("size").isEqualTo(Errno.EINVAL);
    assertThat(errno(32, 16, XR24, none, 1L << 31, 0, 1)).as("none").isEqualTo(Errno.EINVAL);
    assertThat(errno(32, 16, XR24, unknown, 1L << 31, 0, 1)).as("end").isEqualTo(Errno.ERANGE);
    assertThat(errno(32, 16, XR24, unknown, 127, 0, 0)).as("pitch").isEqualTo(Errno.EINVAL);
    assertThat(errno(32, 16, XR24, unknown, 128, 0, 1)).as("modifier").isEqualTo(Errno.EINVAL);
    assertThat(errno(32, 16, XR24, unknown, 128, 0, 0)).as("buffer").isEqualTo(Errno.ENOENT);
    assertThat(errno(32, 16, XR24, memory, 128, 4, 0)).as("length").isEqualTo(Errno.EINVAL);
    assertThat(errno(32, 16, XR24, memory, 128, 0, Modifier.LINEAR)).isNull();
    assertThat(memory.users()).isEqualTo(1);
  }

  @Test
  @Row({"F/1", "L/24"})
  void shouldTakeAnyPitchAndOffsetThatFit() {
    assertThat(errno(31, 15, XR24, memory, 127, 3, 0)).isNull();
    assertThat(errno(1024, 4, XR24, memory, 4096, 0, 0)).as("too small").isEqualTo(Errno.EINVAL);
    assertThat(errno(1025, 4, XR24, memory, 4100, 0, 0)).as("too large").isEqualTo(Errno.EINVAL);
  }

  @Test
  void shouldTakeTheFormatsPlanesOutOfSeveralBuffers() {
    TestMemory chroma = new TestMemory(rig.client, 32 * 8);
    FramebufferRequest request =
        new FramebufferRequest(
            32,
            16,
            PixelFormat.NV12.drmFourcc(),
            List.of(new Part(memory, 32, 0), new Part(chroma, 32, 0)),
            OptionalLong.empty());
    int id = rig.file.addFramebuffer(request).id();
    assertThat(chroma.users()).isEqualTo(1);
    rig.file.removeFramebuffer(id);
    assertThat(memory.users()).isZero();
    assertThat(chroma.users()).isZero();
  }

  @Test
  void shouldGiveBackTheFirstBufferWhenTheSecondIsTooSmall() {
    TestMemory chroma = new TestMemory(rig.client, 32 * 8 - 1);
    FramebufferRequest request =
        new FramebufferRequest(
            32,
            16,
            PixelFormat.NV12.drmFourcc(),
            List.of(new Part(memory, 32, 0), new Part(chroma, 32, 0)),
            OptionalLong.empty());
    assertThat(errnoOf(() -> rig.file.addFramebuffer(request))).isEqualTo(Errno.EINVAL);
    assertThat(memory.users()).isZero();
    assertThat(chroma.users()).isZero();
  }

  @Test
  @Row("F/1")
  void shouldForgetOnlyWhatTheFileHas() {
    int id = rig.framebuffer().id();
    try (KmsFile other = rig.device.open(rig.client.files())) {
      assertThat(errnoOf(() -> other.removeFramebuffer(id))).isEqualTo(Errno.ENOENT);
      assertThat(errnoOf(() -> other.closeFramebuffer(id))).isEqualTo(Errno.ENOENT);
      assertThat(other.framebuffer(id)).as("seen by all").isPresent();
    }
    rig.file.removeFramebuffer(id);
    assertThat(errnoOf(() -> rig.file.removeFramebuffer(id))).isEqualTo(Errno.ENOENT);
    assertThat(rig.framebuffer().id()).as("a number of its own").isNotEqualTo(id);
  }

  private Errno errno(
      long width,
      long height,
      int fourcc,
      FramebufferMemory.Source source,
      long pitch,
      long offset,
      long modifier) {
    return errnoOf(
        () ->
            rig.file.addFramebuffer(
                new FramebufferRequest(
                    width,
                    height,
                    fourcc,
                    List.of(new Part(source, pitch, offset)),
                    OptionalLong.of(modifier))));
  }

  /** A buffer that is not named, or not there. */
  private record Nothing(boolean isNone) implements FramebufferMemory.Source {
    @Override
    public FramebufferMemory open() {
      throw new DmaBufException(Errno.ENOENT, "no buffer of that number");
    }
  }
}
