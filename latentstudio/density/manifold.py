"""Where a model's own pictures lie in a space of features, by their neighbours.

Improved precision and realism of Kynkäänniemi et al. 2019, "Improved Precision and Recall Metric
for Assessing Generative Models", arXiv:1904.06991.
"""

import torch
from torch import Tensor

NEIGHBOURS = 3
_ROWS = 500
_LEAST = 1e-4


class Manifold:
    """Balls around samples that reach to each sample's k-th neighbour.

    Args:
        samples: Features of samples, (N, K), N above `NEIGHBOURS`; each feature is divided by its
            deviation over them.
    """

    def __init__(self, samples: Tensor) -> None:
        self._mean, self._spread = samples.mean(0), samples.std(0).clamp_min(_LEAST)
        self._samples = self._scaled(samples)
        near = [
            # The nearest is the sample itself.
            torch.cdist(part, self._samples).topk(NEIGHBOURS + 1, largest=False).values[:, -1]
            for part in torch.split(self._samples, _ROWS)
        ]
        self._radii = torch.cat(near)
        self._common = self._radii <= self._radii.median()

    def judge(self, pictures: Tensor) -> tuple[Tensor, Tensor]:
        """Whether pictures lie inside any ball, and their realism.

        Realism is the largest ratio of a ball's radius to the picture's distance from its
        middle; the larger half of the balls, where samples are rare, is left out (the paper's
        section 5).

        Args:
            pictures: Features, (n, K).

        Returns:
            (n,) of bool and (n,).
        """
        inside, realism = [], []
        for part in torch.split(self._scaled(pictures), _ROWS):
            ratio = self._radii / torch.cdist(part, self._samples).clamp_min(1e-6)
            inside.append((ratio >= 1).any(1))
            realism.append(ratio[:, self._common].amax(1))
        return torch.cat(inside), torch.cat(realism)

    def _scaled(self, features: Tensor) -> Tensor:
        return (features - self._mean) / self._spread
