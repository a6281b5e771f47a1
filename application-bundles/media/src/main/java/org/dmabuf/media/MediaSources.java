package org.dmabuf.media;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.dmabuf.DmaClock;
import org.dmabuf.media.PictureDecoder.Size;
import org.dmabuf.video.FrameSourceFactory;
import org.dmabuf.video.OpenFrameSource;
import org.dmabuf.video.SourceInfo;
import org.dmabuf.video.SourceRequest;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/**
 * Finds out what a location is, by what it contains, and opens it. A stream that was looked at is
 * kept until it is opened, since its first line is gone from the pipe.
 */
@Component(service = FrameSourceFactory.class)
public final class MediaSources implements FrameSourceFactory {
  private static final long STREAM_OPEN_NANOS = TimeUnit.SECONDS.toNanos(30);
  private static final int MAGIC_LENGTH = 12;

  private final DmaClock clock;
  private final long streamOpenNanos;
  private final Map<Path, Y4mStream> parked = new HashMap<>();

  /**
   * Makes the factory.
   *
   * @param clock gives live sources their time, never null
   */
  @Activate
  public MediaSources(@Reference DmaClock clock) {
    this(clock, STREAM_OPEN_NANOS);
  }

  MediaSources(DmaClock clock, long streamOpenNanos) {
    this.clock = clock;
    this.streamOpenNanos = streamOpenNanos;
  }

  @Override
  public SourceInfo probe(SourceRequest request) {
    FrameReader reader = reader(request);
    SourceInfo info = reader.info();
    if (reader instanceof Y4mStreamReader stream) {
      park(Path.of(request.location()), stream.stream());
    } else {
      reader.close();
    }
    return info;
  }

  @Override
  public OpenFrameSource open(SourceRequest request) {
    FrameReader reader = reader(request);
    SourceInfo info = reader.info();
    Optional<LivePace> pace =
        info.live()
            ? Optional.of(new LivePace(info.rateNumerator(), info.rateDenominator(), clock))
            : Optional.empty();
    return new PositionedSource(reader, pace);
  }

  private FrameReader reader(SourceRequest request) {
    Limits.check(request);
    if (request.location().equals(PatternReader.LOCATION)) {
      return new PatternReader(request);
    }
    if (request.live()) {
      throw Limits.invalid(
          "Source '%s' cannot be live; '%s' can"
              .formatted(request.location(), PatternReader.LOCATION));
    }
    Path path = path(request.location());
    try {
      BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
      if (attributes.isDirectory()) {
        return pictures(PictureFiles.ofFolder(path), request);
      }
      return attributes.isRegularFile() ? file(path, request) : stream(path, request);
    } catch (IOException e) {
      throw Failures.of(path, e);
    }
  }

  private static Path path(String location) {
    try {
      if (!location.isBlank()) {
        return Path.of(location);
      }
    } catch (InvalidPathException e) {
      throw Limits.invalid("Source '" + location + "' is no path: " + e.getReason());
    }
    throw Limits.invalid(
        "A source needs a location: '" + PatternReader.LOCATION + "', a file or a folder");
  }

  private static FrameReader file(Path path, SourceRequest request) throws IOException {
    byte[] magic = new byte[MAGIC_LENGTH];
    int length;
    try (var in = Files.newInputStream(path)) {
      length = in.readNBytes(magic, 0, magic.length);
    }
    if (begins(magic, length, 0, Y4mHeader.MAGIC)) {
      return new Y4mFileReader(path, Y4mFile.index(path), request);
    }
    if (begins(magic, length, 0, "RIFF") && begins(magic, length, 8, "AVI ")) {
      return avi(path, request);
    }
    if (begins(magic, length, 0, "\u00ff\u00d8") || begins(magic, length, 0, "\u0089PNG")) {
      return pictures(new PictureFiles(List.of(path)), request);
    }
    throw Limits.invalid(
        "File '%s' %s; Y4M, Motion-JPEG AVI, JPEG and PNG are known"
            .formatted(path, length == 0 ? "is empty" : "is of an unknown type"));
  }

  private static boolean begins(byte[] bytes, int length, int at, String magic) {
    if (at + magic.length() > length) {
      return false;
    }
    for (int i = 0; i < magic.length(); i++) {
      if ((bytes[at + i] & 0xff) != magic.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  private static FrameReader pictures(PictureFiles files, SourceRequest request) {
    Size size = files.firstSize();
    if (request.width().isEmpty()) {
      Limits.checkSize("File '" + files.paths().getFirst() + "'", size.width(), size.height());
    }
    return new PictureReader(files, size, Optional.empty(), request);
  }

  private static FrameReader avi(Path path, SourceRequest request) {
    AviIndex index = AviIndex.of(path);
    Limits.checkSize("File '" + path + "'", index.width(), index.height());
    Size size = new Size(index.width(), index.height());
    return new PictureReader(new AviFrames(path, index), size, Optional.of(index.rate()), request);
  }

  private FrameReader stream(Path path, SourceRequest request) {
    if (request.loop()) {
      throw Limits.invalid("Stream '" + path + "' cannot be looped; a file can");
    }
    Y4mStream stream;
    synchronized (parked) {
      stream = parked.remove(path);
    }
    if (stream == null) {
      stream = new Y4mStream(path, streamOpenNanos);
    }
    try {
      return new Y4mStreamReader(stream, request);
    } catch (RuntimeException e) {
      stream.close();
      throw e;
    }
  }

  private void park(Path path, Y4mStream stream) {
    Y4mStream other;
    synchronized (parked) {
      other = parked.put(path, stream);
    }
    if (other != null) {
      other.close();
    }
  }

  /** Closes the streams that were looked at and never opened. */
  @Deactivate
  void close() {
    List<Y4mStream> left;
    synchronized (parked) {
      left = List.copyOf(parked.values());
      parked.clear();
    }
    left.forEach(Y4mStream::close);
  }
}
