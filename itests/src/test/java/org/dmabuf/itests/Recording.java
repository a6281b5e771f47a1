package org.dmabuf.itests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.LongStream;

/** Reads what a pipeline recorded of a scripted source, and finds each frame by its samples. */
final class Recording {
  static final String HEADER = "YUV4MPEG2 Cmono Xscripted";
  private static final byte[] FRAME = "FRAME\n".getBytes(StandardCharsets.US_ASCII);

  private Recording() {}

  /** Checks that the file holds the source's frames from the first on, once each, in order. */
  static void holds(Path file, ScriptedSource source, long frames) {
    holds(file, source, LongStream.range(0, frames).boxed().toList());
  }

  /** Checks that the file holds these frames of the source and no others, once each, in order. */
  static void holds(Path file, ScriptedSource source, List<Long> frames) {
    try (DataInputStream in =
        new DataInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
      assertThat(in.readNBytes(HEADER.length() + 1)).asString().isEqualTo(HEADER + "\n");
      for (long frame : frames) {
        assertThat(in.readNBytes(FRAME.length)).as("begin of frame " + frame).isEqualTo(FRAME);
        isAll(in, ScriptedSource.sample(frame), source, frame);
      }
      assertThat(in.read()).as("end after frames " + frames).isEqualTo(-1);
    } catch (IOException failed) {
      throw new AssertionError("The record " + file + " cannot be read", failed);
    }
  }

  private static void isAll(DataInputStream in, byte sample, ScriptedSource source, long frame)
      throws IOException {
    for (int y = 0; y < source.height(); y++) {
      byte[] row = in.readNBytes(source.width());
      assertThat(row.length).as("row %d of frame %d", y, frame).isEqualTo(source.width());
      for (byte one : row) {
        if (one != sample) {
          throw new AssertionError(
              "Frame %d has a sample %d in row %d; it should have %d".formatted(frame, one, y, sample));
        }
      }
    }
  }
}
