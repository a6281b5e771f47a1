package org.dmabuf.pipeline.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.dmabuf.format.FrameLayout;
import org.dmabuf.format.PixelFormat;
import org.dmabuf.memory.FrameView;
import org.dmabuf.memory.Transfer;
import org.dmabuf.memory.TransferMeter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class Y4mRecorderTest {
  @TempDir Path folder;

  /** A frame whose byte at offset i is a function of i, so that every misplaced byte shows. */
  private static FrameView frame(FrameLayout layout) {
    byte[] bytes = new byte[Math.toIntExact(layout.size())];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (i * 31 + 7);
    }
    FrameView view =
        new FrameView(List.of(Arena.ofAuto().allocate(layout.size())), new TransferMeter());
    view.write(0, bytes, 0, bytes.length);
    return view.as(Transfer.VERIFIED);
  }

  private static byte[] expected(FrameLayout layout) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (int p = 0; p < layout.planes().size(); p++) {
      FrameLayout.Plane plane = layout.planes().get(p);
      boolean interleaved = layout.format() == PixelFormat.NV12 && p == 1;
      for (int turn = 0; turn < (interleaved ? 2 : 1); turn++) {
        for (int y = 0; y < plane.rows(); y++) {
          for (int x = turn; x < plane.rowBytes(); x += interleaved ? 2 : 1) {
            all.write((byte) ((plane.offset() + (long) y * plane.pitch() + x) * 31 + 7));
          }
        }
      }
    }
    return all.toByteArray();
  }

  @ParameterizedTest
  @EnumSource(names = {"NV12", "YUV420", "YUV422", "YUV444", "GREY"})
  void writesSamplesWithoutPadding(PixelFormat format) throws IOException {
    FrameLayout layout = FrameLayout.of(format, 17, 19, 64);
    Path file = folder.resolve("out.y4m");
    try (Y4mRecorder recorder = new Y4mRecorder(file, format, 17, 19, "25:1", Optional.empty())) {
      recorder.scanned(1, layout, frame(layout));
      recorder.scanned(2, layout, frame(layout));
    }
    String colours = Y4mRecorder.colourSpace(format);
    ByteArrayOutputStream wanted = new ByteArrayOutputStream();
    wanted.writeBytes(
        ("YUV4MPEG2 W17 H19 F25:1 Ip A1:1 C" + colours + "\n").getBytes(StandardCharsets.US_ASCII));
    for (int i = 0; i < 2; i++) {
      wanted.writeBytes("FRAME\n".getBytes(StandardCharsets.US_ASCII));
      wanted.writeBytes(expected(layout));
    }
    assertThat(Files.readAllBytes(file)).isEqualTo(wanted.toByteArray());
  }

  @Test
  void keepsTheSourcesHeader() throws IOException {
    FrameLayout layout = FrameLayout.of(PixelFormat.GREY, 16, 16, 1);
    Path file = folder.resolve("out.y4m");
    String header = "YUV4MPEG2 W16 H16 F30000:1001 It A10:11 Cmono XABC";
    try (Y4mRecorder recorder =
        new Y4mRecorder(file, PixelFormat.GREY, 16, 16, "25:1", Optional.of(header))) {
      recorder.scanned(1, layout, frame(layout));
    }
    assertThat(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1))
        .startsWith(header + "\nFRAME\n");
  }

  @Test
  void refusesRgb() {
    assertThatExceptionOfType(DmaBufException.class)
        .isThrownBy(() -> Y4mRecorder.colourSpace(PixelFormat.XRGB8888))
        .withMessageContaining("XR24")
        .withMessageContaining("NV12");
  }

  @Test
  void refusesAFileThatCannotBeWritten() {
    Path file = folder.resolve("no/such/folder/out.y4m");
    assertThatExceptionOfType(DmaBufException.class)
        .isThrownBy(() -> new Y4mRecorder(file, PixelFormat.GREY, 16, 16, "25:1", Optional.empty()))
        .satisfies(refused -> assertThat(refused.errno()).isEqualTo(Errno.EACCES))
        .withMessageContaining("out.y4m");
  }

  /** A display that is stopped interrupts the thread that records; no byte may be lost by that. */
  @Test
  void survivesInterrupts() throws IOException {
    Path file = folder.resolve("out.bin");
    MemorySegment bytes = Arena.ofAuto().allocate(100);
    try (RecordFile record = new RecordFile(file)) {
      record.write(bytes.fill((byte) 1).asByteBuffer());
      Thread.currentThread().interrupt();
      record.write(bytes.fill((byte) 2).asByteBuffer());
      assertThat(Thread.interrupted()).isTrue();
      record.write(ByteBuffer.wrap(new byte[] {3}));
    }
    byte[] written = Files.readAllBytes(file);
    assertThat(written).hasSize(201);
    assertThat(written[99]).isEqualTo((byte) 1);
    assertThat(written[100]).isEqualTo((byte) 2);
    assertThat(written[200]).isEqualTo((byte) 3);
  }
}
