package org.dmabuf.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.dmabuf.memory.MemoryFile.F_SEAL_FUTURE_WRITE;
import static org.dmabuf.memory.MemoryFile.F_SEAL_GROW;
import static org.dmabuf.memory.MemoryFile.F_SEAL_SEAL;
import static org.dmabuf.memory.MemoryFile.F_SEAL_SHRINK;
import static org.dmabuf.memory.MemoryFile.F_SEAL_WRITE;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.dmabuf.Row;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Whoever gets the file itself, as another process does, finds the seals there. */
@EnabledOnOs(OS.LINUX)
@Row("N11")
class SealsForOtherProcessesTest {
  private final PagePool pool = new PagePool(1L << 20);
  private final MemoryFiles files = new MemoryFiles(pool);
  private final int page = pool.pageSize();
  private final MemoryFile file = files.create("sealed-file", 2L * page, new MemoryAccount("test"));
  private FileChannel other;

  @BeforeEach
  void open() throws IOException {
    other =
        FileChannel.open(ProcessFiles.links("sealed-file").getFirst(), StandardOpenOption.WRITE);
  }

  @AfterEach
  void close() throws IOException {
    other.close();
    file.close();
    pool.close();
  }

  private void write(long at) throws IOException {
    other.write(ByteBuffer.allocate(1), at);
  }

  @Test
  void fileKeepsItsSizeAsSoonAsItIsSealed() throws IOException {
    write(2L * page);
    file.addSeals(F_SEAL_SHRINK);
    other.truncate(2L * page + 1);
    assertThatIOException().isThrownBy(() -> other.truncate(page));
    write(2L * page + 1);
    file.addSeals(F_SEAL_GROW);
    assertThatIOException().isThrownBy(() -> write(2L * page + 2));
    write(5);
    file.addSeals(F_SEAL_WRITE);
    assertThatIOException().isThrownBy(() -> write(5));
    file.addSeals(F_SEAL_SEAL);
  }

  @Test
  void sealAgainstFutureWritesWaitsForTheBuffersThatMayWrite() throws IOException {
    file.addSeals(F_SEAL_SHRINK);
    BackingStore store = files.store(List.of(new MemoryRange(file, 0, page)), closed -> {});
    file.addSeals(F_SEAL_FUTURE_WRITE | F_SEAL_GROW);
    assertThat(file.seals()).isEqualTo(F_SEAL_SHRINK | F_SEAL_FUTURE_WRITE | F_SEAL_GROW);
    assertThatIOException().as("GROW is there at once").isThrownBy(() -> write(2L * page));
    write(0);
    store.close();
    assertThatIOException().isThrownBy(() -> write(0));
  }
}
