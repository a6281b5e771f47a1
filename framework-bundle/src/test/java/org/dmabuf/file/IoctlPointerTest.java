package org.dmabuf.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dmabuf.Errnos.assertErrno;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.dmabuf.Errno;
import org.dmabuf.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Addresses and texts in the structures of ioctls. */
class IoctlPointerTest {
  @ParameterizedTest
  @CsvSource({
    "0,64,true",
    "0,0,true",
    "64,0,true",
    "63,1,true",
    "8,56,true",
    "8,57,false",
    "64,1,false",
    "65,0,false",
    "-1,1,false",
    "0,-1,false",
    "0,9223372036854775807,false",
    "9223372036854775807,1,false",
    "-9223372036854775808,1,false",
    "9223372036854775807,9223372036854775807,false",
  })
  @Row("Y4")
  void addressMustLieInTheSegmentGiven(long offset, long bytes, boolean good) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment memory = arena.allocate(64);
      long address = memory.address() + offset;
      if (good) {
        IoctlStruct found = IoctlStruct.at(memory, address, bytes);
        found.setInt(0, 7);
        assertThat(found.getInt(0)).isEqualTo(bytes < 4 ? 0 : 7);
        if (bytes >= 4) {
          assertThat(memory.get(ValueLayout.JAVA_INT_UNALIGNED, offset)).isEqualTo(7);
        }
      } else {
        assertErrno(Errno.EFAULT, () -> IoctlStruct.at(memory, address, bytes));
      }
    }
  }

  @Test
  @Row({"C/5", "Y4"})
  void textIsCutAndFilledToItsPlaceAndReadUpToItsEnd() {
    byte[] bytes = new byte[16];
    bytes[8] = 'z';
    IoctlStruct struct = IoctlStruct.at(MemorySegment.ofArray(bytes), 0, 16);
    struct.setText(0, 8, "ab");
    assertThat(bytes).startsWith('a', 'b', 0, 0, 0, 0, 0, 0, 'z');
    struct.setText(0, 8, "abcdefghi");
    assertThat(struct.getText(0, 8)).isEqualTo("abcdefg");
    assertThat(bytes).startsWith('a', 'b', 'c', 'd', 'e', 'f', 'g', 0, 'z');
    bytes[7] = 'h';
    assertThat(struct.getText(0, 8)).as("the last byte of its place is none").isEqualTo("abcdefg");
    assertThat(struct.getText(8, 8)).isEqualTo("z");
    struct.setText(8, 32, "0123456789");
    assertThat(struct.getText(8, 32)).as("up to the structure's end").isEqualTo("01234567");
    assertThat(struct.getText(16, 8)).isEmpty();
  }
}
